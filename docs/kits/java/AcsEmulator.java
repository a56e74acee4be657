import java.io.*;
import java.math.BigInteger;
import java.net.*;
import java.net.http.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.CertificateFactory;
import java.time.OffsetDateTime;
import java.util.*;
import java.util.regex.*;
import javax.net.ssl.*;

/** An emulator for tests. It ends with close(), and when this JVM ends for any reason. */
public final class AcsEmulator implements AutoCloseable {
    private static final String WELL_KNOWN_KEY =
            "V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg==";

    private final Process process;
    private final String endpoint;
    private final String secret;
    private final KeyStore trustStore = KeyStore.getInstance("PKCS12");
    private final SSLContext sslContext = SSLContext.getInstance("TLS");
    private final HttpClient http;

    private AcsEmulator(Process process, String endpoint, byte[] authority, String secret) throws Exception {
        this.process = process;
        this.endpoint = endpoint;
        this.secret = secret;
        trustStore.load(null, null);
        var certificates = CertificateFactory.getInstance("X.509");
        trustStore.setCertificateEntry("acs", certificates.generateCertificate(new ByteArrayInputStream(authority)));
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trustStore);
        sslContext.init(null, managers.getTrustManagers(), null);
        http = HttpClient.newBuilder().sslContext(sslContext).build();
    }

    /** Starts the program az-communication of PATH, with further options of `emulator start`. */
    public static AcsEmulator start(String... options) throws Exception {
        var words = new ArrayList<>(List.of("az-communication", "emulator", "start", "--in-memory", "--port", "0",
                "--until-stdin-closes", "--query", "[endpoint, caCertificate]", "-o", "tsv"));
        words.addAll(List.of(options));
        String secret = new BigInteger(256, new SecureRandom()).setBit(256).toString(16);
        // The log has the reason of each refused request. So it is shown where the output of the tests is shown.
        var builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeIf(name -> name.startsWith("AZURE_COMMUNICATION_EMULATOR_"));
        builder.environment().put("AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET", secret);
        Process process = builder.start();
        try {
            BufferedReader ready = process.inputReader();
            String endpoint = ready.readLine();
            String authority = ready.readLine();
            if (authority == null) {
                throw new IOException("The emulator did not start. Its error is on stderr.");
            }
            return new AcsEmulator(process, endpoint, Files.readAllBytes(Path.of(authority)), secret);
        } catch (Exception error) {
            process.destroy();
            throw error;
        }
    }

    /** Uses an emulator that is running, such as one in a container. It must have the well-known key. */
    public static AcsEmulator at(String host, int port, String secret) throws Exception {
        var url = URI.create("http://" + host + ":" + port + "/emulator/ca.pem");
        var answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofByteArray());
        return new AcsEmulator(null, "https://" + host + ":" + port, answer.body(), secret);
    }

    /** The URL of the emulator, without a slash at its end. */
    public String endpoint() {
        return endpoint;
    }

    public String connectionString() {
        return "endpoint=" + endpoint + "/;accesskey=" + WELL_KNOWN_KEY;
    }

    /** Trusts this emulator, and nothing else. */
    public SSLContext sslContext() {
        return sslContext;
    }

    /** Writes a trust store for other JVMs. Returns the value of JAVA_TOOL_OPTIONS that names it. */
    public String writeTrustStore(Path file) throws Exception {
        try (var out = Files.newOutputStream(file)) {
            trustStore.store(out, "changeit".toCharArray());
        }
        return "-Djavax.net.ssl.trustStore=" + file.toAbsolutePath() + " -Djavax.net.ssl.trustStorePassword=changeit";
    }

    /** Whether a token is active now: neither expired by the clock of the emulator, nor revoked. */
    public boolean isActive(String token) throws Exception {
        return call("POST", "/introspect", "application/x-www-form-urlencoded", "token=" + token)
                .startsWith("{\"active\":true");
    }

    /** The last requests of the service in JSON, with the reasons of those that were refused. */
    public String requests() throws Exception {
        return control("GET", "/emulator/requests?control=false", "");
    }

    /** The time of the service. */
    public OffsetDateTime now() throws Exception {
        return OffsetDateTime.parse(member("now", control("GET", "/emulator/clock", "")));
    }

    /** "set" takes a time in RFC 3339, "advance" a duration such as 25h. "freeze", "resume" and "reset" take none. */
    public void clock(String operation, String... value) throws Exception {
        String member = operation.equals("set") ? "now" : "by";
        String body = value.length == 0 ? "" : "{\"" + member + "\":\"" + value[0] + "\"}";
        control("POST", "/emulator/clock/" + operation, body);
    }

    /** Adds a fault, whose members are those of docs/emulator/requests.md. Returns its id. */
    public String addFault(String json) throws Exception {
        return member("id", control("POST", "/emulator/faults", json));
    }

    /** The faults in JSON. */
    public String listFaults() throws Exception {
        return control("GET", "/emulator/faults", "");
    }

    public void deleteFault(String id) throws Exception {
        control("DELETE", "/emulator/faults/" + id, "");
    }

    public void clearFaults() throws Exception {
        control("DELETE", "/emulator/faults", "");
    }

    /** Deletes identities, requests and faults, and sets the clock back. */
    public void reset() throws Exception {
        control("POST", "/emulator/reset", "");
        clock("reset");
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            process.getOutputStream().close();
            process.onExit().join();
        }
    }

    /** The JDK cannot read JSON. The members that are asked for are texts without escapes. */
    private static String member(String name, String json) throws IOException {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!found.find()) {
            throw new IOException("The emulator answered without '" + name + "': " + json);
        }
        return found.group(1);
    }

    private String control(String method, String path, String json) throws Exception {
        return call(method, path, "application/json", json);
    }

    private String call(String method, String path, String type, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(endpoint + path)).header("content-type", type)
                .header("x-emulator-control", secret)
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }
}
