/** What a change of the clock does, before it is made. */
export function Effects() {
  return (
    <div class="clock-effects">
      <h3>What a change does</h3>
      <ul>
        <li>
          <b>Forward</b>: access tokens expire when the clock passes their end.
        </li>
        <li>
          <b>Back</b>: a token that was issued later than the clock shows is refused until the clock reaches its
          time. An expired token is valid again. A revoked one stays revoked.
        </li>
        <li>
          <b>Not changed</b>: signatures of requests, the Entra tokens of callers, certificates and rate limits
          follow the machine’s time. So do client libraries when they decide to refresh a token: use the fault
          “Expired tokens” for that.
        </li>
      </ul>
    </div>
  );
}
