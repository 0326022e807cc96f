using Ticketing.TestKit;
using Xunit.v3;

[assembly: TestPipelineStartup(typeof(EndOfTests))]

/// <summary>
/// Ends what the tests of this assembly share, after its fixtures. Not at the process's exit: for that the runner has
/// ten seconds, then it takes the process for hung and fails it.
/// </summary>
internal sealed class EndOfTests : ITestPipelineStartup
{
    public ValueTask StartAsync(Xunit.Sdk.IMessageSink diagnosticMessageSink) => default;

    public async ValueTask StopAsync() => await TestPostgres.EndAsync();
}
