using Dapr.Client;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class StateTests
{
    [Fact]
    public async Task A_saved_value_is_read_back_and_is_the_apps_own()
    {
        await using var world = await World.CreateAsync();
        using var alpha = world.Client("alpha");
        using var beta = world.Client("beta");
        await alpha.SaveStateAsync("statestore", "key", "value");
        Assert.Equal("value", await alpha.GetStateAsync<string>("statestore", "key"));
        Assert.Null(await beta.GetStateAsync<string>("statestore", "key"));
    }
}
