using System.ComponentModel;
using System.Diagnostics;
using Npgsql;
using Ticketing.LocalPostgres;
using Ticketing.TestKit;

namespace Ticketing.LocalPostgres.Tests;

public sealed class PostgresClusterTests : IDisposable
{
    private const UnixFileMode Traversable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;

    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("ticketing-pg-");

    public PostgresClusterTests()
    {
        // A temporary folder is its owner's alone, but the server of a root caller runs as another user.
        if (!OperatingSystem.IsWindows())
            _temp.UnixFileMode = Traversable;
    }

    private string Folder => Path.Combine(_temp.FullName, "pg");

    public void Dispose() => _temp.Delete(recursive: true);

    [Fact]
    public async Task Data_outlives_a_stop()
    {
        string database;
        await using (var first = await PostgresCluster.StartAsync(Durable()))
        {
            database = await first.EnsureDatabaseAsync("shop");
            await Run(database, "CREATE TABLE note (text text); INSERT INTO note VALUES ('ingresso à venda')");
        }
        await Assert.ThrowsAsync<NpgsqlException>(() => Run(database, "SELECT 1"));

        await using var second = await PostgresCluster.StartAsync(Durable());

        Assert.Equal("ingresso à venda", await Run(second.ConnectionStringFor("shop"), "SELECT text FROM note"));
        Assert.Equal("INGRESSO À VENDA", await Run(second.ConnectionStringFor("shop"), "SELECT upper(text) FROM note"));
        Assert.Equal("on", await Run(second.ConnectionString, "SHOW fsync"));
        Assert.StartsWith("PostgreSQL ", second.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_owner_is_refused()
    {
        await using var owner = await PostgresCluster.StartAsync(Options());

        var refused = await Assert.ThrowsAsync<PostgresUnavailableException>(() =>
            PostgresCluster.StartAsync(Options())
        );

        Assert.Contains($"{Folder} is in use by another process", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await Run(owner.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task Another_process_attaches_and_does_not_stop_the_server()
    {
        Assert.Null(await PostgresCluster.ConnectAsync(Options()));
        await using (var owner = await PostgresCluster.StartAsync(Options()))
        {
            await using (var attached = await PostgresCluster.ConnectAsync(Options()))
            {
                Assert.Equal(owner.ConnectionString, attached!.ConnectionString);
                Assert.Equal(owner.Description, attached.Description);
            }
            Assert.Equal(1, await Run(owner.ConnectionString, "SELECT 1"));
        }
        Assert.Null(await PostgresCluster.ConnectAsync(Options()));
    }

    [Fact]
    public async Task The_server_of_a_killed_owner_is_taken_over_with_its_data()
    {
        using var owner = await ClusterHolder.StartAsync(Folder);
        await using (var attached = await PostgresCluster.ConnectAsync(Options()))
            await Run(await attached!.EnsureDatabaseAsync("shop"), "CREATE TABLE kept AS SELECT 7 AS n");
        await owner.KillAsync();

        await using var successor = await PostgresCluster.StartAsync(Options());

        Assert.Equal(7, await Run(successor.ConnectionStringFor("shop"), "SELECT n FROM kept"));
    }

    [Fact]
    public async Task A_take_over_works_through_a_linked_folder()
    {
        var link = Path.Combine(_temp.FullName, "link");
        Directory.CreateSymbolicLink(link, Directory.CreateDirectory(Folder).FullName);
        using var owner = await ClusterHolder.StartAsync(link);
        await owner.KillAsync();

        await using var successor = await PostgresCluster.StartAsync(new() { DataDirectory = link, Durable = false });

        Assert.Equal(1, await Run(successor.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_server_that_was_killed_with_its_owner_recovers()
    {
        using var owner = await ClusterHolder.StartAsync(Folder);
        await using (var attached = await PostgresCluster.ConnectAsync(Options()))
            await Run(await attached!.EnsureDatabaseAsync("shop"), "CREATE TABLE kept AS SELECT 7 AS n");
        await owner.KillAsync();
        await owner.KillServerAsync();

        await using var successor = await PostgresCluster.StartAsync(Options());

        Assert.Equal(7, await Run(successor.ConnectionStringFor("shop"), "SELECT n FROM kept"));
    }

    [Fact]
    public async Task A_note_of_a_server_whose_process_id_went_to_another_program_does_not_hinder()
    {
        await using (await PostgresCluster.StartAsync(Options())) { }
        var note = Path.Combine(Folder, "server", "data", "postmaster.pid");
        await File.WriteAllTextAsync(note, $"{Environment.ProcessId}\n{Folder}/server/data\n1700000000\n5432\n");

        await using var cluster = await PostgresCluster.StartAsync(Options());

        Assert.Equal(1, await Run(cluster.ConnectionString, "SELECT 1"));
    }

    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("SIGHUP")]
    [InlineData("end of standard input")]
    public async Task The_server_ends_with_its_owner(string how)
    {
        using var owner = await ClusterHolder.StartAsync(Folder);
        var server = (await PostgresCluster.ConnectAsync(Options()))!;

        await owner.EndAsync(how);

        await Assert.ThrowsAsync<NpgsqlException>(() => Run(server.ConnectionString, "SELECT 1"));
        Assert.False(File.Exists(Path.Combine(Folder, "server", "data", "postmaster.pid")));
    }

    [Fact]
    public async Task A_corrupt_cluster_is_one_sentence_that_names_folder_and_log()
    {
        await using (await PostgresCluster.StartAsync(Options())) { }
        await File.WriteAllBytesAsync(Path.Combine(Folder, "server/data/global/pg_control"), new byte[8192]);

        var broken = await Assert.ThrowsAsync<PostgresUnavailableException>(() =>
            PostgresCluster.StartAsync(Options())
        );

        Assert.Contains($"the data folder {Folder}:", broken.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Folder, "server", "server.log"), broken.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', broken.Message);
    }

    [Theory]
    [InlineData("PG_VERSION")]
    [InlineData("postgresql.conf")]
    [InlineData("pg_hba.conf")]
    public async Task A_lost_file_is_one_sentence(string file)
    {
        await using (await PostgresCluster.StartAsync(Options())) { }
        File.Delete(Path.Combine(Folder, "server/data", file));

        var broken = await Assert.ThrowsAsync<PostgresUnavailableException>(() =>
            PostgresCluster.StartAsync(Options())
        );

        Assert.Contains(Folder, broken.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', broken.Message);
    }

    [Fact]
    public async Task An_interrupted_creation_is_begun_anew()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "server", "data.new", "base"));

        await using var cluster = await PostgresCluster.StartAsync(Options());

        Assert.Equal(1, await Run(cluster.ConnectionString, "SELECT 1"));
    }

    [Fact]
    public async Task A_file_in_place_of_the_folder_is_one_sentence()
    {
        await File.WriteAllTextAsync(Folder, "");

        var unusable = await Assert.ThrowsAsync<PostgresUnavailableException>(() =>
            PostgresCluster.StartAsync(Options())
        );

        Assert.StartsWith($"The data folder {Folder} cannot be used:", unusable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_owner_reads_the_password()
    {
        await using var cluster = await PostgresCluster.StartAsync(Options());

        if (!OperatingSystem.IsWindows())
            foreach (var secret in new[] { "password", "connection" })
                Assert.Equal(
                    UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    File.GetUnixFileMode(Path.Combine(Folder, secret))
                );
        var wrong = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Password = "guessed" };
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Run(wrong.ConnectionString, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task One_database_is_created_by_many_callers_at_once()
    {
        const int Callers = 16;
        var cluster = await TestPostgres.ClusterAsync();
        var name = $"race_{Guid.CreateVersion7():N}";

        var strings = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => cluster.EnsureDatabaseAsync(name)));

        Assert.Equal(
            1L,
            await Run(cluster.ConnectionString, $"SELECT count(*) FROM pg_database WHERE datname = '{name}'")
        );
        Assert.Equal(name, await Run(Assert.Single(strings.Distinct()), "SELECT current_database()::text"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Shop")]
    [InlineData("1shop")]
    [InlineData("a-b")]
    [InlineData("shop\n")]
    [InlineData("x\"; DROP DATABASE postgres; --")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123")]
    public async Task An_odd_database_name_is_refused(string name)
    {
        var cluster = await TestPostgres.ClusterAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => cluster.EnsureDatabaseAsync(name));
    }

    [Fact]
    public async Task A_given_server_is_used_as_it_is()
    {
        var given = (await TestPostgres.ClusterAsync()).ConnectionString;

        await using (var cluster = await PostgresCluster.StartAsync(ExternalServer(given)))
            Assert.Equal(given, cluster.ConnectionString);

        Assert.False(Directory.Exists(Folder));
        Assert.Equal(1, await Run(given, "SELECT 1"));
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=secret-word", "127.0.0.1:1")]
    [InlineData("Hoost=127.0.0.1;Password=secret-word", "malformed")]
    public async Task A_given_server_that_cannot_be_used_is_one_sentence(string given, string says)
    {
        var failed = await Assert.ThrowsAsync<PostgresUnavailableException>(() =>
            PostgresCluster.StartAsync(ExternalServer(given))
        );

        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_the_servers_user_cannot_reach_serves_root_all_the_same()
    {
        if (!OperatingSystem.IsWindows())
            _temp.UnixFileMode = Traversable & ~UnixFileMode.OtherExecute;
        await using (var first = await PostgresCluster.StartAsync(Options()))
            await Run(await first.EnsureDatabaseAsync("shop"), "CREATE TABLE kept AS SELECT 7 AS n");
        await using (var second = await PostgresCluster.StartAsync(Options()))
            Assert.Equal(7, await Run(second.ConnectionStringFor("shop"), "SELECT n FROM kept"));
        var elsewhere = new DirectoryInfo(Path.Combine(Folder, "server")).LinkTarget;
        Assert.Equal(!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess, elsewhere is not null);

        await PostgresCluster.DeleteAsync(Options());

        Assert.False(Directory.Exists(Folder) || Directory.Exists(elsewhere));
    }

    [Fact]
    public async Task What_a_folder_kept_elsewhere_goes_also_when_the_folder_was_deleted_without_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess, "Only root's is elsewhere.");
        if (!OperatingSystem.IsWindows())
            _temp.UnixFileMode = Traversable & ~UnixFileMode.OtherExecute;
        var next = new PostgresOptions { DataDirectory = Path.Combine(_temp.FullName, "next"), Durable = false };
        await using (await PostgresCluster.StartAsync(Options())) { }
        var elsewhere = new DirectoryInfo(Path.Combine(Folder, "server")).LinkTarget;
        Assert.True(Directory.Exists(elsewhere));
        Directory.Delete(Folder, recursive: true);

        await using (await PostgresCluster.StartAsync(next)) { }

        // Every start on the machine looks for them: another one may be at it.
        await Eventually.TrueAsync(() =>
            Task.FromResult(!Directory.Exists(elsewhere) && !File.Exists($"{elsewhere}.folder"))
        );
        await PostgresCluster.DeleteAsync(next);
    }

    [Fact]
    public async Task Without_a_server_on_the_machine_one_is_downloaded()
    {
        Assert.SkipUnless(await Answers("https://registry.npmjs.org/"), "The npm registry is out of reach.");
        using (var first = await ClusterHolder.StartAsync(Folder, "embedded"))
        {
            await using var attached = await PostgresCluster.ConnectAsync(Options());
            Assert.Matches(@"^PostgreSQL 17\.\d+ \(.+postgres-17.+bin\)$", attached!.Description);
            await Run(await attached.EnsureDatabaseAsync("shop"), "CREATE TABLE kept AS SELECT upper('à venda') AS t");
            await first.KillAsync();
        }

        using var second = await ClusterHolder.StartAsync(Folder, "embedded");

        await using var again = await PostgresCluster.ConnectAsync(Options());
        Assert.Equal("À VENDA", await Run(again!.ConnectionStringFor("shop"), "SELECT t FROM kept"));
        await second.EndAsync("end of standard input");
    }

    [Fact]
    public async Task Where_Docker_answers_a_container_serves()
    {
        Assert.SkipUnless(await DockerAnswers(), "Docker does not answer.");
        using (var first = await ClusterHolder.StartAsync(Folder, "docker"))
        {
            await using var attached = await PostgresCluster.ConnectAsync(Options());
            await Run(await attached!.EnsureDatabaseAsync("shop"), "CREATE TABLE kept AS SELECT 7 AS n");
            await first.KillAsync();
        }

        using var second = await ClusterHolder.StartAsync(Folder, "docker");

        await using var again = await PostgresCluster.ConnectAsync(Options());
        Assert.Equal(7, await Run(again!.ConnectionStringFor("shop"), "SELECT n FROM kept"));
        await second.EndAsync("end of standard input");
        await PostgresCluster.DeleteAsync(Options());
    }

    [Fact]
    public async Task Deleting_leaves_nothing_even_after_a_killed_owner()
    {
        using var owner = await ClusterHolder.StartAsync(Folder);
        var server = (await PostgresCluster.ConnectAsync(Options()))!;
        await Assert.ThrowsAsync<PostgresUnavailableException>(() => PostgresCluster.DeleteAsync(Options()));
        await owner.KillAsync();

        await PostgresCluster.DeleteAsync(Options());

        Assert.False(Directory.Exists(Folder));
        await Assert.ThrowsAsync<NpgsqlException>(() => Run(server.ConnectionString, "SELECT 1"));
    }

    private PostgresOptions Options() => new() { DataDirectory = Folder, Durable = false };

    private PostgresOptions Durable() => new() { DataDirectory = Folder };

    private PostgresOptions ExternalServer(string connection) =>
        new() { DataDirectory = Folder, ConnectionString = connection };

    private static async Task<bool> Answers(string address)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            return (await http.GetAsync(address)).IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<bool> DockerAnswers()
    {
        try
        {
            var start = new ProcessStartInfo("docker", ["version"]) { RedirectStandardOutput = true };
            using var docker = Process.Start(start)!;
            await docker.StandardOutput.ReadToEndAsync();
            await docker.WaitForExitAsync();
            return docker.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static async Task<object?> Run(string connectionString, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
