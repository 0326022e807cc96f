using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Tickets.Tests;

public sealed class OpenApiTests(TicketsApp app)
{
    [Fact]
    public Task The_api_document_is_the_committed_one() => OpenApiSnapshot.VerifyAsync(app.System, AppIds.Tickets);
}
