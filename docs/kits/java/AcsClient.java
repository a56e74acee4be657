import java.io.IOException;
import java.net.URI;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.*;
import java.time.format.DateTimeFormatter;
import java.util.*;
import java.util.regex.*;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Two operations of the service. */
public final class AcsClient {
    // RFC_1123_DATE_TIME of Java writes days of one digit. The service takes two digits.
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC);

    private final HttpClient http;
    private final String endpoint;
    private final byte[] key;

    public AcsClient(String connectionString, HttpClient http) {
        Matcher parts = Pattern.compile("endpoint=(.*?)/?;accesskey=(.*)").matcher(connectionString);
        if (!parts.matches()) {
            throw new IllegalArgumentException("A connection string has the form endpoint=URL;accesskey=KEY.");
        }
        this.http = http;
        endpoint = parts.group(1);
        key = Base64.getDecoder().decode(parts.group(2));
    }

    /** Returns the raw id of a new user. */
    public String createUser() throws Exception {
        return post("/identities", "{}", "id");
    }

    public String issueToken(String user, String scope) throws Exception {
        return post("/identities/" + user + "/:issueAccessToken", "{\"scopes\":[\"" + scope + "\"]}", "token");
    }

    /** Sends a signed request. Returns a member of the answer. */
    private String post(String path, String body, String member) throws Exception {
        URI url = URI.create(endpoint + path + "?api-version=2025-06-30");
        String date = DATE.format(Instant.now());
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String hash = base64(MessageDigest.getInstance("SHA-256").digest(bytes));
        String target = url.getRawPath() + "?" + url.getRawQuery();
        String toSign = "POST\n" + target + "\n" + date + ";" + url.getRawAuthority() + ";" + hash;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        String signature = base64(mac.doFinal(toSign.getBytes(StandardCharsets.UTF_8)));
        var request = HttpRequest.newBuilder(url).header("content-type", "application/json")
                .header("x-ms-date", date).header("x-ms-content-sha256", hash)
                .header("authorization",
                        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + signature)
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes)).build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        Matcher found = Pattern.compile("\"" + member + "\":\"([^\"]*)\"").matcher(answer.body());
        if (answer.statusCode() >= 300 || !found.find()) {
            throw new IOException(answer.statusCode() + " " + answer.body());
        }
        return found.group(1);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
