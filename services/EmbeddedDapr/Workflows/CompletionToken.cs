using System.Globalization;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>
/// Names an activity in its work item so that its result finds its owner, also after a restart and in another app:
/// the owner's number, its execution and the task.
/// </summary>
internal readonly record struct CompletionToken(long Number, string ExecutionId, int TaskId)
{
    private const string Prefix = "activity";

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}:{Number}:{ExecutionId}:{TaskId}");

    public static CompletionToken? Parse(string text) =>
        text.Split(':') is [Prefix, var number, var execution, var task]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
        && int.TryParse(task, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var taskId)
            ? new(parsed, execution, taskId)
            : null;
}
