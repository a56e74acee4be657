using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

/// <summary>An emulator for tests. It ends with DisposeAsync, and when this process ends for any reason.</summary>
public sealed class AcsEmulator : IAsyncDisposable
{
    private readonly Process? process;
    private readonly string secret;
    private readonly HttpClient http;

    private AcsEmulator(Process? process, string endpoint, string connectionString, string authority, string secret)
    {
        this.process = process;
        this.secret = secret;
        Endpoint = endpoint;
        ConnectionString = connectionString;
        Authority = X509Certificate2.CreateFromPem(authority);
        http = new HttpClient(CreateHandler());
    }

    public string Endpoint { get; }

    public string ConnectionString { get; }

    /// <summary>The certificate of the emulator's authority.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>Starts the program az-communication of PATH, with further options of `emulator start`.</summary>
    public static async Task<AcsEmulator> StartAsync(params string[] options)
    {
        // The log on stderr has the reason of each refused request. So it goes where the output of the tests goes.
        var start = new ProcessStartInfo("az-communication");
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        string[] words = { "emulator", "start", "--in-memory", "--port", "0", "--until-stdin-closes" };
        foreach (string word in words.Concat(options))
        {
            start.ArgumentList.Add(word);
        }
        string secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        const string Prefix = "AZURE_COMMUNICATION_EMULATOR_";
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith(Prefix)).ToList())
        {
            start.Environment.Remove(name);
        }
        start.Environment[Prefix + "CONTROL_SECRET"] = secret;
        Process process = Process.Start(start)!;
        string line = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The emulator did not start. Its error is on stderr.");
        JsonElement ready = JsonDocument.Parse(line).RootElement;
        string Member(string name) => ready.GetProperty(name).GetString()!;
        string authority = await File.ReadAllTextAsync(Member("caCertificate"));
        return new AcsEmulator(process, Member("endpoint"), Member("connectionString"), authority, secret);
    }

    /// <summary>Uses an emulator that is running, such as one in a container, with the well-known key.</summary>
    public static async Task<AcsEmulator> AtAsync(string host, int port, string secret)
    {
        const string WellKnownKey = "V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg==";
        using var plain = new HttpClient();
        string authority = await plain.GetStringAsync($"http://{host}:{port}/emulator/ca.pem");
        string endpoint = $"https://{host}:{port}";
        return new AcsEmulator(null, endpoint, $"endpoint={endpoint}/;accesskey={WellKnownKey}", authority, secret);
    }

    /// <summary>A handler that trusts this emulator, and nothing else.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        // The certificates of the emulator name no list of revoked ones.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.Add(Authority);
        var options = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        return new SocketsHttpHandler { SslOptions = options };
    }

    /// <summary>Whether a token is active now: neither expired by the clock of the emulator, nor revoked.</summary>
    public async Task<bool> IsActiveAsync(string token)
    {
        var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token });
        using HttpResponseMessage answer = await http.PostAsync(Endpoint + "/introspect", form);
        string body = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        return JsonDocument.Parse(body).RootElement.GetProperty("active").GetBoolean();
    }

    /// <summary>"set" takes a time in RFC 3339, "advance" a duration such as 25h, the others take nothing.</summary>
    public Task ClockAsync(string operation, string? value = null)
    {
        var body = new Dictionary<string, string?> { [operation == "set" ? "now" : "by"] = value };
        return ControlAsync(HttpMethod.Post, "/emulator/clock/" + operation, value is null ? null : body);
    }

    /// <summary>The time of the service.</summary>
    public async Task<DateTimeOffset> NowAsync() =>
        (await ControlAsync(HttpMethod.Get, "/emulator/clock")).GetProperty("now").GetDateTimeOffset();

    /// <summary>Adds a fault, whose members are those of docs/emulator/requests.md. Returns its id.</summary>
    public async Task<string> AddFaultAsync(object fault) =>
        (await ControlAsync(HttpMethod.Post, "/emulator/faults", fault)).GetProperty("id").GetString()!;

    public Task<JsonElement> ListFaultsAsync() => ControlAsync(HttpMethod.Get, "/emulator/faults");

    public Task DeleteFaultAsync(string id) => ControlAsync(HttpMethod.Delete, "/emulator/faults/" + id);

    public Task ClearFaultsAsync() => ControlAsync(HttpMethod.Delete, "/emulator/faults");

    /// <summary>The last requests of the service, with the reasons of those that were refused.</summary>
    public Task<JsonElement> RequestsAsync() => ControlAsync(HttpMethod.Get, "/emulator/requests?control=false");

    /// <summary>Deletes identities, requests and faults, and sets the clock back.</summary>
    public async Task ResetAsync()
    {
        await ControlAsync(HttpMethod.Post, "/emulator/reset");
        await ClockAsync("reset");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (process is not null)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private async Task<JsonElement> ControlAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, Endpoint + path);
        request.Headers.Add("x-emulator-control", secret);
        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }
        using HttpResponseMessage answer = await http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
        }
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}
