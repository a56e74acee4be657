// Node.js has the symbol in version 18.18 and later. With it, `lib` need not name esnext.disposable.
declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

/**
 * Starts an emulator of the Identity service, in memory and on a free port, and waits until it is ready.
 *
 * The emulator ends with `close()`, at the end of `await using`, and with this process, also where that is killed. It does not
 * keep the process from ending.
 */
export function startEmulator(options?: EmulatorOptions): Promise<Emulator>;

export interface EmulatorOptions {
  /** The path of a file with identities, assignments, the clock and faults to start with (`--seed`). */
  seed?: string;
  /** The time that the clock of the service shows at the start. By default, it is the time of the machine. */
  clock?: Date | string;
  /** How long a revocation takes to come into force, with a unit, up to `15m`. By default, it takes no time. */
  revocationDelay?: string;
  /** Whether the documented rate limits are enforced: 429 with Retry-After. */
  throttle?: boolean;
  /** Whether api-versions that are newer than all known versions are refused. */
  strictApiVersion?: boolean;
  /** More options of `az-communication emulator start`, such as `['--token-endpoint']`, except `-o`, `--query` and `--help`. */
  args?: readonly string[];
  /** The path of another program than that of the package. */
  program?: string;
}

export interface Emulator {
  /** The connection string for clients. */
  readonly connectionString: string;
  /** The https URL of the emulator. */
  readonly endpoint: string;
  /** The certificate of the authority with which clients trust the emulator, as PEM. */
  readonly caCertificate: string;
  /** Options for a client of the official SDK: `new CommunicationIdentityClient(connectionString, clientOptions)`. */
  readonly clientOptions: ClientOptions;
  /** The clock of the service. */
  readonly clock: Clock;
  /** Rules by which requests fail, are late or end early. */
  readonly faults: Faults;
  /** Returns whether an access token is good: issued here, not expired, not revoked. */
  isActive(token: string): Promise<boolean>;
  /** Returns the requests to the service in the order in which they were answered, the last 10,000 at most. */
  requests(filter?: RequestFilter): Promise<LoggedRequest[]>;
  /**
   * Returns variables for an app in a process of its own:
   * `spawn(program, words, { env: { ...process.env, ...emulator.environment() } })`.
   */
  environment(): Environment;
  /**
   * Deletes all identities, assignments, faults and logged requests, and sets the clock to the time of the machine. The
   * connection string and the certificate stay.
   */
  reset(): Promise<void>;
  /** Ends the emulator, and waits until it has ended. */
  close(): Promise<void>;
  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The connection string, the endpoint, the certificates, and `NO_PROXY` with localhost. */
export type Environment = Record<
  | 'AZURE_COMMUNICATION_CONNECTION_STRING'
  | 'AZURE_COMMUNICATION_ENDPOINT'
  | 'NODE_EXTRA_CA_CERTS'
  | 'REQUESTS_CA_BUNDLE'
  | 'SSL_CERT_FILE'
  | 'NO_PROXY'
  | 'no_proxy',
  string
>;

/** Options that every client of `@azure/core-client` takes. They hold a function, so `structuredClone` refuses them. */
export interface ClientOptions {
  /** Trusts the emulator, also in a thread of Vitest. NODE_EXTRA_CA_CERTS is not needed. */
  tlsOptions: { ca: string };
  /** Calls the emulator directly, also if HTTPS_PROXY is set. */
  additionalPolicies: {
    position: 'perRetry';
    policy: { name: string; sendRequest(request: any, next: (request: any) => Promise<any>): Promise<any> };
  }[];
}

/** The clock of the service. Every method returns the time that the clock then shows. */
export interface Clock {
  now(): Promise<Date>;
  /** Sets the time. It is from 1970 to the end of 2261. */
  set(time: Date | string): Promise<Date>;
  /** Moves the clock forward, or back: `25h`, `-1d`, `1h30m`, `PT90M`. */
  advance(by: string): Promise<Date>;
  /** Lets the clock stand still. `set` and `advance` still move it. */
  freeze(): Promise<Date>;
  /** Lets the clock run on from the time that it shows. */
  resume(): Promise<Date>;
  /** Shows the time of the machine again. */
  reset(): Promise<Date>;
}

export interface Faults {
  /** Adds a fault. One fault hits a request at most: the first one that fits. */
  add(fault: Fault): Promise<AddedFault>;
  list(): Promise<AddedFault[]>;
  /** Removes what `add` returned. */
  delete(fault: AddedFault | string): Promise<void>;
  /** Removes all faults. */
  clear(): Promise<void>;
}

/** A raw id, a custom id, or the user that `createUser()` of the SDK returned. */
export type Identity = string | { communicationUserId: string };

/** An operation of the service, as `operationId` of the OpenAPI document names it. */
export type Operation =
  | 'createIdentity'
  | 'issueAccessToken'
  | 'revokeAccessTokens'
  | 'deleteIdentity'
  | 'exchangeTeamsUserAccessToken'
  | (string & {});

/** Which requests are hit, what happens to them, and how often. */
export interface Fault {
  /** One operation, or several with commas between them. Without it, all operations are hit. */
  operation?: Operation;
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** A pattern of the path: `*` stands for characters of a segment, `**` for any characters. */
  path?: string;
  identity?: Identity;
  /** Only every n-th request is hit. */
  every?: number;
  /** Requests are hit by chance, from 0 to 1. The same seed selects the same requests. */
  probability?: number;
  seed?: number;
  /** An error answers the request, and the operation is not executed. */
  status?: number;
  code?: string;
  message?: string;
  /** The header Retry-After, in seconds. */
  retryAfter?: number;
  /** The request waits first. */
  delayMilliseconds?: number;
  /** The connection ends without a response, before or after the operation was executed. */
  drop?: 'before' | 'after';
  /** The connection ends after so many bytes of the body. */
  truncateBodyAt?: number;
  /** Issued tokens have so many seconds left. With a negative number, they have expired. */
  tokenExpiresInSeconds?: number;
  /** The header Date and the times in tokens are those of a wrong clock. */
  shiftSeconds?: number;
  /** The fault ends after so many hits. */
  times?: number;
  /** The fault ends at this time of the service. */
  until?: Date | string;
  /** Whether requests are hit before they authenticate. */
  includeUnauthenticated?: boolean;
}

export interface AddedFault extends Fault {
  readonly id: string;
  /** How many requests it had hit when it was read. */
  readonly hits: number;
  readonly until?: string;
  readonly identity?: string;
}

export interface RequestFilter {
  operation?: Operation;
  /** A status such as 404, a class such as `4xx`, or `dropped`. */
  status?: number | string;
  identity?: Identity;
  /** How many requests are returned at most: the last ones. */
  last?: number;
  /** Only requests behind this one: the `number` of a request. */
  after?: number;
}

export interface LoggedRequest {
  readonly number: number;
  readonly time: string;
  readonly method: string | null;
  readonly path: string | null;
  readonly apiVersion: string | null;
  readonly operation: string | null;
  /** Null if the connection ended without a response. */
  readonly status: number | null;
  readonly code: string | null;
  readonly microseconds: number;
  readonly peer: string;
  readonly userAgent: string | null;
  readonly authentication: 'primaryKey' | 'secondaryKey' | 'controlSecret' | 'entra' | null;
  readonly caller: string | null;
  readonly identity: string | null;
  /** Why the request was refused. */
  readonly reason: string | null;
  /** The id of the fault that hit the request. */
  readonly fault: string | null;
  /** For a refused signature: what the client should have signed, and the known mistake that gives what it sent. */
  readonly signature: { stringToSign: string | null; mistake: string | null; explanation: string | null } | null;
}

/** The emulator ended, was closed, refused a call, or could not be started. The message says what to do. */
export class EmulatorError extends Error {
  readonly name: 'EmulatorError';
  /** The status and the code of a refused call. */
  readonly status?: number;
  readonly code?: string;
}
