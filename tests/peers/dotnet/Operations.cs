// Calls the operations of docs/kits/dotnet/AcsEmulator.cs that its page does not show, and prints a line for each rule. Then it
// starts an emulator, and waits to be killed. Its words are the port and the control secret of an emulator that is running.

void Holds(string rule, bool holds) => Console.WriteLine((holds ? "" : "NOT ") + rule);

AcsEmulator running = await AcsEmulator.AtAsync("localhost", int.Parse(args[0]), args[1]);
await running.ClockAsync("freeze");
await running.ClockAsync("set", "2030-01-31T09:00:00Z");
await running.ClockAsync("advance", "2h");
Holds("the clock shows what it was set to", (await running.NowAsync()) == DateTimeOffset.Parse("2030-01-31T11:00:00Z"));
await running.ClockAsync("resume");
string fault = await running.AddFaultAsync(new { operation = "createIdentity", status = 503 });
Holds("a fault is listed", (await running.ListFaultsAsync()).ToString().Contains("createIdentity"));
await running.DeleteFaultAsync(fault);
Holds("a deleted fault is gone", (await running.ListFaultsAsync()).ToString() == "{\"value\":[]}");
await running.AddFaultAsync(new { operation = "createIdentity", status = 503 });
await running.ClearFaultsAsync();
Holds("no fault is left after clear", (await running.ListFaultsAsync()).ToString() == "{\"value\":[]}");
Holds("the log leaves out the control API", !(await running.RequestsAsync()).ToString().Contains("/emulator/clock"));
await running.ResetAsync();
Holds("a reset sets the clock back", Math.Abs(((await running.NowAsync()) - DateTimeOffset.UtcNow).TotalMinutes) < 5);
await running.DisposeAsync();

try
{
    using var other = new HttpClient();
    await other.GetStringAsync($"https://localhost:{args[0]}/health");
}
catch (HttpRequestException error)
{
    Holds("another client does not trust it", error.ToString().Contains("UntrustedRoot"));
}

var fixture = new AcsFixture();
await fixture.InitializeAsync();
Holds("a fixture has an emulator", !await fixture.Emulator.IsActiveAsync("not a token"));
await fixture.DisposeAsync();

AcsEmulator own = await AcsEmulator.StartAsync();
Console.WriteLine("ready");
await Task.Delay(Timeout.Infinite);
GC.KeepAlive(own);

// The interface of xUnit 2, whose package cannot be reached here.
public interface IAsyncLifetime
{
    Task InitializeAsync();

    Task DisposeAsync();
}
