using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>A PostgreSQL server of its own for the whole test run.</summary>
public sealed class TestPostgres : IAsyncLifetime
{
    private const string Bin = "/usr/lib/postgresql/15/bin";
    private readonly string _folder = Path.Combine(
        Path.GetTempPath(),
        "dapr-pg-" + Guid.CreateVersion7().ToString("N")
    );
    private int _port;

    public async ValueTask InitializeAsync()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        Directory.CreateDirectory(_folder);
        await Run("chown", "postgres", _folder);
        await Run(
            "runuser",
            "-u",
            "postgres",
            "--",
            $"{Bin}/initdb",
            "-D",
            $"{_folder}/data",
            "-A",
            "trust",
            "--no-sync"
        );
        await Run(
            "runuser",
            "-u",
            "postgres",
            "--",
            $"{Bin}/pg_ctl",
            "-D",
            $"{_folder}/data",
            "-w",
            "-l",
            $"{_folder}/log",
            "-o",
            $"-p {_port} -k {_folder} -c max_connections=200",
            "start"
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Run(
            "runuser",
            "-u",
            "postgres",
            "--",
            $"{Bin}/pg_ctl",
            "-D",
            $"{_folder}/data",
            "-m",
            "immediate",
            "stop"
        );
        Directory.Delete(_folder, recursive: true);
    }

    public async Task<string> NewDatabaseAsync()
    {
        var name = "t" + Guid.CreateVersion7().ToString("N");
        await using var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Pooling=false"
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return $"Host=127.0.0.1;Port={_port};Username=postgres;Database={name}";
    }

    private static async Task Run(string file, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(file, arguments)
            {
                WorkingDirectory = "/",
                RedirectStandardOutput = false,
            }
        )!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
