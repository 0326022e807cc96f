using System.Diagnostics;
using System.Globalization;

namespace Ticketing.Bench.Measuring;

/// <summary>What a process and its descendants took. Beyond the process itself only Linux tells.</summary>
internal static class ProcessTree
{
    private const int TicksPerSecond = 100; // of /proc, on every architecture

    /// <summary>User and system time, with that of descendants that have ended.</summary>
    public static TimeSpan? CpuOf(int id)
    {
        if (OperatingSystem.IsLinux())
            return TimeSpan.FromSeconds((double)Of(id).Sum(p => p.Ticks) / TicksPerSecond);
        using var process = Process.GetProcessById(id);
        return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal) ? null : process.TotalProcessorTime;
    }

    /// <summary>Resident bytes.</summary>
    public static long MemoryOf(int id)
    {
        var ids = OperatingSystem.IsLinux() ? Of(id).Select(p => p.Id) : [id];
        return ids.Sum(one =>
        {
            using var process = Process.GetProcessById(one);
            return process.WorkingSet64;
        });
    }

    private sealed record Entry(int Id, int Parent, long Ticks);

    private static List<Entry> Of(int id)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(Read).OfType<Entry>().ToList();
        var children = all.ToLookup(p => p.Parent);
        var tree = all.Where(p => p.Id == id).ToList();
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(children[tree[i].Id]);
        return tree;
    }

    private static Entry? Read(string folder)
    {
        if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
            return null;
        try
        {
            var line = File.ReadAllText(Path.Combine(folder, "stat"));
            // The name before it may hold anything. Fields from the state on: parent 1; utime to cstime 11 to 14.
            var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return new(id, int.Parse(fields[1], null), fields[11..15].Sum(f => long.Parse(f, null)));
        }
        catch (IOException)
        {
            return null; // It ended.
        }
    }
}
