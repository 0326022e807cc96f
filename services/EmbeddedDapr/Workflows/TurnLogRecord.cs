using Dapr.DurableTask.Protobuf;
using Google.Protobuf;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>
/// A finished turn, as the log keeps it: the events it took (by the ids of their records, or whole where they have
/// none) and the events that its actions became.
/// </summary>
internal sealed record TurnLogRecord(
    HistoryEvent Started,
    List<InboxItem> Taken,
    List<HistoryEvent> Events,
    string? CustomStatus
)
{
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream))
        {
            output.WriteMessage(Started);
            output.WriteInt32(Taken.Count);
            foreach (var item in Taken)
            {
                output.WriteInt64(item.LogId);
                if (item.LogId == 0)
                {
                    output.WriteMessage(item.Event);
                }
            }
            output.WriteInt32(Events.Count);
            foreach (var e in Events)
            {
                output.WriteMessage(e);
            }
            output.WriteBool(CustomStatus is not null);
            output.WriteString(CustomStatus ?? "");
        }
        return stream.ToArray();
    }

    /// <summary>Reads a record back, taking what it names out of the inbox.</summary>
    public static TurnLogRecord Read(byte[] bytes, List<InboxItem> inbox)
    {
        using var input = new CodedInputStream(bytes);
        var started = Event(input);
        var taken = new List<InboxItem>();
        for (var left = input.ReadInt32(); left > 0; left--)
        {
            var logId = input.ReadInt64();
            if (logId == 0)
            {
                taken.Add(new(0, Event(input)));
                continue;
            }
            var at = inbox.FindIndex(i => i.LogId == logId);
            taken.Add(inbox[at]);
            inbox.RemoveAt(at);
        }
        var events = new List<HistoryEvent>();
        for (var left = input.ReadInt32(); left > 0; left--)
        {
            events.Add(Event(input));
        }
        var hasStatus = input.ReadBool();
        var status = input.ReadString();
        return new(started, taken, events, hasStatus ? status : null);
    }

    private static HistoryEvent Event(CodedInputStream input)
    {
        var e = new HistoryEvent();
        input.ReadMessage(e);
        return e;
    }
}
