// Calls every operation of docs/kits/java/AcsEmulator.java, and prints a line for each rule. Its words are HOST:PORT and the
// control secret of an emulator that is running.

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.concurrent.TimeUnit;

public final class Operations {
    public static void main(String[] words) throws Exception {
        try (AcsEmulator emulator = AcsEmulator.start()) {
            AcsClient client = client(emulator);
            clock(emulator);
            faults(emulator, client);
            String token = client.issueToken(client.createUser(), "chat");
            holds("the log has the requests of the service", emulator.requests().contains("\"createIdentity\""));
            holds("the log leaves out the control API", !emulator.requests().contains("/emulator/clock"));
            emulator.reset();
            holds("a reset deletes identities", !emulator.isActive(token));
            holds("the trust store serves another JVM", created(emulator, Path.of("trust.p12")).startsWith("8:acs:"));
            refused(emulator);
        }
        String[] place = words[0].split(":");
        AcsEmulator running = AcsEmulator.at(place[0], Integer.parseInt(place[1]), words[1]);
        holds("the endpoint has the host and the port", running.endpoint().equals("https://" + words[0]));
        AcsClient client = client(running);
        holds("a running emulator issues tokens", running.isActive(client.issueToken(client.createUser(), "chat")));
        running.clock("advance", "25h");
        running.close();
        holds("it goes on after close", running.isActive(client.issueToken(client.createUser(), "chat")));
    }

    private static void clock(AcsEmulator emulator) throws Exception {
        emulator.clock("freeze");
        emulator.clock("set", "2030-01-31T09:00:00Z");
        emulator.clock("advance", "2h");
        holds("the clock shows what it was set to", !emulator.now().isBefore(OffsetDateTime.parse("2030-01-31T11:00:00Z"))
                && emulator.now().isBefore(OffsetDateTime.parse("2030-01-31T11:00:01Z")));
        emulator.clock("resume");
        emulator.clock("reset");
        holds("the clock shows the time of the machine again", emulator.now().getYear() != 2030);
    }

    private static void faults(AcsEmulator emulator, AcsClient client) throws Exception {
        String fault = emulator.addFault("{\"operation\":\"createIdentity\",\"status\":503}");
        holds("a fault hits a request", fails(client));
        emulator.deleteFault(fault);
        holds("a deleted fault is gone", emulator.listFaults().equals("{\"value\":[]}"));
        emulator.addFault("{\"operation\":\"createIdentity\",\"status\":503}");
        emulator.clearFaults();
        holds("no fault is left after clear", !fails(client));
    }

    /** Checks that a client without the store does not trust the emulator. */
    private static void refused(AcsEmulator emulator) throws Exception {
        try {
            new AcsClient(emulator.connectionString(), HttpClient.newHttpClient()).createUser();
        } catch (IOException error) {
            holds("another client does not trust it", error.getMessage().contains("PKIX path building failed"));
        }
    }

    /** Lets another JVM create a user, which has the store by JAVA_TOOL_OPTIONS alone. Returns what it prints. */
    private static String created(AcsEmulator emulator, Path store) throws Exception {
        var java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), "OneUser");
        java.environment().put("JAVA_TOOL_OPTIONS", emulator.writeTrustStore(store));
        java.environment().put("AZURE_COMMUNICATION_CONNECTION_STRING", emulator.connectionString());
        Process process = java.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(process.getInputStream().readAllBytes());
        return process.waitFor(20, TimeUnit.SECONDS) ? said : "it runs on";
    }

    private static AcsClient client(AcsEmulator emulator) {
        HttpClient http = HttpClient.newBuilder().sslContext(emulator.sslContext()).build();
        return new AcsClient(emulator.connectionString(), http);
    }

    private static boolean fails(AcsClient client) throws Exception {
        try {
            return client.createUser().isEmpty();
        } catch (IOException error) {
            return error.getMessage().startsWith("503 ");
        }
    }

    private static void holds(String rule, boolean holds) {
        System.out.println((holds ? "" : "NOT ") + rule);
    }
}
