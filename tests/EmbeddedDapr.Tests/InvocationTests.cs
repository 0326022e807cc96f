using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class InvocationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_app_is_invoked_by_its_id_with_method_path_query_and_body(bool byHeader)
    {
        await using var apps = await TwoApps.CreateAsync();
        await apps.StartAppAsync("beta", app => app.Map("/{**path}", EchoAsync));
        using var http = apps.Http("alpha");
        using var request = new HttpRequestMessage(
            HttpMethod.Patch,
            byHeader ? "/things/a%20b%2Fc?x=1&x=%C3%A9" : "/v1.0/invoke/beta/method/things/a%20b%2Fc?x=1&x=%C3%A9"
        )
        {
            Content = new StringContent("body", Encoding.UTF8, "text/x-test"),
        };
        if (byHeader)
        {
            request.Headers.Add("dapr-app-id", "beta");
        }
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(
            "PATCH /things/a%20b%2Fc?x=1&x=%C3%A9 text/x-test; charset=utf-8 body",
            await response.Content.ReadAsStringAsync()
        );
        Assert.Equal(["one", "two"], response.Headers.GetValues("x-answer"));
    }

    [Fact]
    public async Task Headers_pass_but_what_is_Daprs_own_is_set_by_the_runtime()
    {
        await using var apps = await TwoApps.CreateAsync();
        IHeaderDictionary? seen = null;
        await apps.StartAppAsync(
            "beta",
            app =>
                app.MapGet(
                    "/",
                    (HttpContext http) =>
                    {
                        seen = new HeaderDictionary(http.Request.Headers.ToDictionary());
                    }
                )
        );
        using var http = apps.Http("alpha");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1.0/invoke/beta/method/");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "abc");
        request.Headers.Add("dapr-caller-app-id", "somebody else");
        request.Headers.Add("dapr-anything", "x");
        request.Headers.Add("x-mine", ["1", "2"]);
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("tracestate", "a=b");
        request.Headers.Add("Connection", "x-hop");
        request.Headers.Add("x-hop", "1");
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        Assert.Equal("alpha", seen!["dapr-caller-app-id"]);
        Assert.Equal("beta", seen["dapr-callee-app-id"]);
        Assert.Equal(apps.Declared("beta").AppApiToken, seen["dapr-api-token"]);
        Assert.Equal("Bearer abc", seen.Authorization);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", seen.TraceParent);
        Assert.Equal("a=b", seen.TraceState);
        Assert.Equal("1,2", string.Join(",", seen["x-mine"].ToString().Split(", ")));
        Assert.False(seen.ContainsKey("dapr-anything"));
        Assert.Equal(apps.Declared("beta").AppAddress.Authority, seen.Host);
    }

    [Fact]
    public async Task A_request_body_streams_to_the_app()
    {
        const int piece = 100_000;
        await using var apps = await TwoApps.CreateAsync();
        var begun = new TaskCompletionSource();
        await apps.StartAppAsync(
            "beta",
            app =>
                app.MapPost(
                    "/in",
                    async (HttpContext http) =>
                    {
                        var buffer = new byte[1];
                        var total = await http.Request.Body.ReadAsync(buffer);
                        begun.SetResult();
                        using var rest = new MemoryStream();
                        await http.Request.Body.CopyToAsync(rest);
                        return total + rest.Length;
                    }
                )
        );
        using var http = apps.Http("alpha");
        using var body = new PiecewiseContent();
        var sending = http.PostAsync("/v1.0/invoke/beta/method/in", body);
        await body.SendAsync(new string('a', piece));
        await begun.Task.WaitAsync(Waiting.Limit);
        await body.SendAsync(new string('b', piece));
        body.End();
        using var response = await sending;
        Assert.Equal((2 * piece).ToString(CultureInfo.InvariantCulture), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_response_body_streams_back()
    {
        await using var apps = await TwoApps.CreateAsync();
        var goOn = new TaskCompletionSource();
        await apps.StartAppAsync(
            "beta",
            app =>
                app.MapGet(
                    "/out",
                    async (HttpContext http) =>
                    {
                        await http.Response.WriteAsync("first");
                        await http.Response.Body.FlushAsync();
                        await goOn.Task;
                        await http.Response.WriteAsync("second");
                    }
                )
        );
        using var http = apps.Http("alpha");
        using var response = await http.GetAsync(
            "/v1.0/invoke/beta/method/out",
            HttpCompletionOption.ResponseHeadersRead
        );
        await using var answer = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        Assert.Equal("first", Encoding.UTF8.GetString(buffer, 0, await answer.ReadAsync(buffer)));
        goOn.SetResult();
        Assert.Equal("second", Encoding.UTF8.GetString(buffer, 0, await answer.ReadAsync(buffer)));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(503)]
    public async Task The_status_of_the_app_comes_back_untouched(int status)
    {
        await using var apps = await TwoApps.CreateAsync();
        await apps.StartAppAsync("beta", app => app.MapGet("/", () => Results.Text("as it is", statusCode: status)));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new($"http://127.0.0.1:{apps.Declared("alpha").HttpPort}"),
        };
        http.DefaultRequestHeaders.Add("dapr-api-token", apps.Declared("alpha").ApiToken);
        using var response = await http.GetAsync("/v1.0/invoke/beta/method/");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("as it is", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_SDKs_invoke_client_works()
    {
        await using var apps = await TwoApps.CreateAsync();
        await apps.StartAppAsync("beta", app => app.MapGet("/hello", () => "hello"));
        var alpha = apps.Declared("alpha");
        using var client = DaprClient.CreateInvokeHttpClient(
            "beta",
            $"http://127.0.0.1:{alpha.HttpPort}",
            alpha.ApiToken
        );
        Assert.Equal("hello", await client.GetStringAsync("/hello"));
    }

    [Fact]
    public async Task A_call_waits_a_moment_for_an_app_that_is_starting()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var http = apps.Http("alpha");
        Task<HttpResponseMessage>? call = null;
        await apps.StartAppAsync(
            "beta",
            app =>
            {
                app.MapPost("/", EchoAsync);
                call = http.PostAsync("/v1.0/invoke/beta/method/", new StringContent("once"));
            }
        );
        using var response = await call!;
        Assert.EndsWith("once", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1.0/invoke/beta/method/x", 500)]
    [InlineData("/v1.0/invoke/nobody/method/x", 500)]
    [InlineData("/v1.0/invoke/beta", 404)]
    public async Task An_app_that_cannot_be_reached_is_Daprs_error(string path, int status)
    {
        await using var apps = await TwoApps.CreateAsync();
        using var http = apps.Http("alpha");
        using var response = await http.GetAsync(path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains("ERR_DIRECT_INVOKE", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>What daprd 1.18 makes of a path; null: it is not forwarded.</summary>
    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/b/", "/a/b/")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/a;v=1,2", "/a;v=1,2")]
    [InlineData("/(a)!", "/(a)!")]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/a%2fb", "/a%2fb")]
    [InlineData("/..%2F..%2Finternal", "/..%2F..%2Finternal")]
    [InlineData("/a/%2e%2e/b", "/a/%2e%2e/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a//b/./c", "/a/b/c")]
    [InlineData("/a%5Cb", "/a%5Cb")]
    [InlineData("/%C3%A9", "/%C3%A9")]
    [InlineData("/%F0%9F%8E%B8", "/%F0%9F%8E%B8")]
    [InlineData("/%2541", "/%41")]
    [InlineData("/a%252Fb", "/a%2Fb")]
    [InlineData("/a%25b", null)]
    [InlineData("/100%25", null)]
    [InlineData("/a%3Fb", null)]
    [InlineData("/a%23b", null)]
    [InlineData("/a%01b", null)]
    [InlineData("/a%7Fb", null)]
    [InlineData("/a%zzb", null)]
    [InlineData("/a%FFb", null)]
    public async Task A_path_arrives_as_daprd_hands_it_on(string path, string? arrives)
    {
        await using var apps = await TwoApps.CreateAsync();
        await apps.StartAppAsync("beta", app => app.Map("/{**path}", EchoAsync));
        var sidecar = apps.Declared("alpha");
        // Bare: a client of HTTP would tidy the path up.
        using var socket = new System.Net.Sockets.TcpClient("127.0.0.1", sidecar.HttpPort);
        await using var wire = socket.GetStream();
        await wire.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\ndapr-api-token: {sidecar.ApiToken}\r\n"
                    + "dapr-app-id: beta\r\n\r\n"
            )
        );
        using var reader = new StreamReader(wire);
        var answer = await reader.ReadToEndAsync();
        if (arrives is null)
        {
            Assert.StartsWith("HTTP/1.1 500", answer, StringComparison.Ordinal);
            Assert.Contains("ERR_DIRECT_INVOKE", answer, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains($"GET {arrives} ", answer, StringComparison.Ordinal);
        }
    }

    private static async Task EchoAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var target = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        http.Response.Headers.Append("x-answer", new(["one", "two"]));
        await http.Response.WriteAsync($"{http.Request.Method} {target} {http.Request.ContentType} {body}");
    }

    /// <summary>A request body that the test writes piece by piece.</summary>
    private sealed class PiecewiseContent : HttpContent
    {
        private readonly System.Threading.Channels.Channel<byte[]> _pieces =
            System.Threading.Channels.Channel.CreateUnbounded<byte[]>();

        public ValueTask SendAsync(string text) => _pieces.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

        public void End() => _pieces.Writer.Complete();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await foreach (var piece in _pieces.Reader.ReadAllAsync())
            {
                await stream.WriteAsync(piece);
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
