using Ticketing.EmbeddedDapr.Tests;

if (args is [RuntimeProcess.Switch, var settings])
{
    await RuntimeProcess.RunAsync(settings);
}
return args.Contains("--server") || args.Contains("--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args,
        SelfRegisteredExtensions.AddSelfRegisteredExtensions
    )
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
