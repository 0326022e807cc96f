using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Local;
using Ticketing.Local.Hosting;
using Ticketing.Local.Seeding;
using Ticketing.LocalPostgres;

namespace Ticketing.System.Tests;

/// <summary>What the runner says when the machine or its user is in the way.</summary>
public sealed class LocalCommandTests
{
    [Fact]
    public async Task An_interrupted_command_ends_quietly_whatever_breaks_with_it()
    {
        using var interrupt = new CancellationTokenSource();
        var exitCode = await CommandRunner.RunAsync(
            async () =>
            {
                await interrupt.CancelAsync();
                throw new InvalidOperationException("PostgreSQL stopped under a service");
            },
            interrupt.Token
        );
        Assert.Equal(130, exitCode);
    }

    [Fact]
    public async Task A_system_that_stops_answering_is_told_in_a_sentence()
    {
        var before = Console.Error;
        await using var error = new StringWriter();
        // Other tests speak, too.
        Console.SetError(TextWriter.Synchronized(error));
        try
        {
            var nobody = new Uri($"http://localhost:{FreePort.Next()}");
            var exitCode = await CommandRunner.RunAsync(
                async () =>
                {
                    await Seeder.RunAsync(nobody, default);
                    return 0;
                },
                default
            );
            Assert.Equal(1, exitCode);
        }
        finally
        {
            Console.SetError(before);
        }
        Assert.Contains("The system does not answer: ", error.ToString());
    }

    [Fact]
    public void A_folder_in_use_is_told_from_one_that_cannot_be_written()
    {
        var path = Directory.CreateTempSubdirectory("ticketing-folder-").FullName;
        using (DataFolder.Open(path))
        {
            var used = Assert.Throws<LocalException>(() => DataFolder.Open(path));
            Assert.Contains("Another process already runs", used.Message, StringComparison.Ordinal);
        }
        // Stands for every other failure to write, such as a full disk.
        File.Delete(Path.Combine(path, "pid"));
        File.CreateSymbolicLink(Path.Combine(path, "pid"), "pid");
        var broken = Assert.Throws<LocalException>(() => DataFolder.Open(path));
        Assert.Contains("cannot be written", broken.Message, StringComparison.Ordinal);
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public async Task A_first_start_that_was_ended_within_the_seeding_is_begun_anew()
    {
        var path = Directory.CreateTempSubdirectory("ticketing-half-").FullName;
        var options = new LocalOptions
        {
            DataDirectory = path,
            Port = FreePort.Next(),
            Durable = false,
        };
        using var api = new ApiClient(new Uri(options.BaseUrl));
        var organizer = SeedLogins.Organizer;
        await using (await StartAsync(options with { Seed = false }))
            await api.PostAsync(
                "/api/v1/users",
                new
                {
                    organizer.Email,
                    organizer.Password,
                    Name = "Half of the demo",
                    organizer.Cpf,
                },
                CancellationToken.None
            );
        using (var folder = DataFolder.Open(path))
            folder.BeginSeeding();

        await using (await StartAsync(options))
        {
            await api.LogInAsync(organizer.Email, organizer.Password, CancellationToken.None);
            var me = await api.GetAsync("/api/v1/me", CancellationToken.None);
            Assert.Equal(organizer.Name, me.Text("name"));
        }
        Directory.Delete(path, recursive: true);

        static Task<LocalSystem> StartAsync(LocalOptions options) =>
            LocalSystem.StartAsync(options, new Progress<string>(), CancellationToken.None);
    }

    [Fact]
    public async Task Data_of_another_version_is_told_in_a_sentence()
    {
        var path = Directory.CreateTempSubdirectory("ticketing-old-").FullName;
        var options = new LocalOptions
        {
            DataDirectory = path,
            Port = FreePort.Next(),
            Durable = false,
            Seed = false,
        };
        await using (var postgres = await PostgresCluster.StartAsync(ServerOf(path), CancellationToken.None))
        {
            await using var source = NpgsqlDataSource.Create(
                await postgres.EnsureDatabaseAsync(AppIds.Users, CancellationToken.None)
            );
            // As the first migration of before has left it, which no longer is in the list.
            await using var before = source.CreateCommand("CREATE TABLE outbox (id uuid)");
            await before.ExecuteNonQueryAsync();
        }
        var error = await Assert.ThrowsAsync<LocalException>(() =>
            LocalSystem.StartAsync(options, new Progress<string>(), CancellationToken.None)
        );
        Assert.StartsWith("The data of users is of another version: ", error.Message, StringComparison.Ordinal);
        Directory.Delete(path, recursive: true);

        static PostgresOptions ServerOf(string path)
        {
            using var folder = DataFolder.Open(path);
            return new() { DataDirectory = folder.Postgres, Durable = false };
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_port_in_use_under_either_address_of_localhost_is_told_at_once(string address)
    {
        var path = Directory.CreateTempSubdirectory("ticketing-port-").FullName;
        var port = FreePort.Next();
        using var other = new TcpListener(IPAddress.Parse(address), port);
        try
        {
            other.Start();
        }
        catch (SocketException) when (address == "::1")
        {
            Assert.Skip("This machine has no IPv6.");
        }
        var options = new LocalOptions
        {
            DataDirectory = path,
            Port = port,
            Durable = false,
        };
        var error = await Assert.ThrowsAsync<LocalException>(() =>
            LocalSystem.StartAsync(options, new Progress<string>(), CancellationToken.None)
        );
        Assert.Contains($"Port {port} is in use", error.Message, StringComparison.Ordinal);
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public async Task A_system_of_processes_told_to_end_loses_its_database_last()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM.");
        var path = Directory.CreateTempSubdirectory("ticketing-end-").FullName;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Local"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[] { "--processes", "--no-seed", "--port", $"{FreePort.Next()}", "--data", path })
            start.ArgumentList.Add(argument);
        using var local = Process.Start(start)!;
        var errors = local.StandardError.ReadToEndAsync();
        string? line;
        do
        {
            line = await local.StandardOutput.ReadLineAsync();
        } while (line?.StartsWith("Ready", StringComparison.Ordinal) == false);
        Assert.NotNull(line);
        using (var kill = Process.Start("kill", ["-TERM", $"{local.Id}"]))
            await kill.WaitForExitAsync();
        var output = await local.StandardOutput.ReadToEndAsync() + await errors;
        await local.WaitForExitAsync();

        Assert.Equal(0, local.ExitCode);
        Assert.DoesNotContain("Failed to connect", output, StringComparison.Ordinal);
        Assert.DoesNotContain("57P0", output, StringComparison.Ordinal);
        Directory.Delete(path, recursive: true);
    }
}
