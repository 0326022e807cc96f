using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class InvocationTests
{
    [Fact]
    public async Task An_app_is_invoked_by_its_id_with_method_path_query_and_body()
    {
        await using var world = await World.CreateAsync();
        await world.StartAppAsync(
            "beta",
            app =>
                app.MapPut(
                    "/things/{id}",
                    async (string id, HttpContext http) =>
                    {
                        using var reader = new StreamReader(http.Request.Body);
                        http.Response.Headers["x-answer"] = "yes";
                        return Results.Text(
                            $"{id}{http.Request.QueryString}{await reader.ReadToEndAsync()}",
                            statusCode: 202
                        );
                    }
                )
        );
        using var http = world.Http("alpha");
        using var response = await http.PutAsync(
            "/v1.0/invoke/beta/method/things/a%20b?x=1&x=2",
            new StringContent("body")
        );
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("a b?x=1&x=2body", await response.Content.ReadAsStringAsync());
        Assert.Equal("yes", response.Headers.GetValues("x-answer").Single());
    }
}
