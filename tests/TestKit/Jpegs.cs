namespace Ticketing.TestKit;

/// <summary>Pictures of 64 × 40 pixels with nothing in them but the picture (made by libjpeg's cjpeg).</summary>
public static class Jpegs
{
    public static byte[] Baseline { get; } =
        Convert.FromBase64String(
            """
            /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8yb
            qmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAo
            AEADASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAgAEBf/EABYQAQEBAAAAAAAAAAAAAAAAAAABAv/EABcBAQEBAQAAAAAAAAAAAAAAAA
            IDBQH/xAAWEQEBAQAAAAAAAAAAAAAAAAAAAQL/2gAMAwEAAhEDEQA/AOLMlMlMlMr2u50MyUyUyUyNq+dDMlMlMlMjavnQzJzJTJTIWr50yTJT
            JTJTJ2sTOhmSmSmTmRtXzoZkpkpkpkLV86GZKZKZKZG1fOmSZOZSOsXNKZKZSGr5pTJTKQVfNKZKZSGr5r//2Q==
            """
        );

    public static byte[] Progressive { get; } =
        Convert.FromBase64String(
            """
            /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8yb
            qmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wgARCAAo
            AEADASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAQADBP/EABgBAQEBAQEAAAAAAAAAAAAAAAECAwQA/9oADAMBAAIQAxAAAAHiVvwqaC
            pYqaZKvCKmgqWKmmTTxLRa0aLRf//EABQQAQAAAAAAAAAAAAAAAAAAAFD/2gAIAQEAAQUCI//EABURAQEAAAAAAAAAAAAAAAAAAAEA/9oACAED
            AQE/ARhhhhhhhiIi/8QAFBEBAAAAAAAAAAAAAAAAAAAAMP/aAAgBAgEBPwFP/8QAFBABAAAAAAAAAAAAAAAAAAAAUP/aAAgBAQAGPwIj/8QAFR
            ABAQAAAAAAAAAAAAAAAAAAABH/2gAIAQEAAT8hiIiIiIiIiIiIiIiIiIiIiIiIiIj/2gAMAwEAAgADAAAAEAwg3AxvfHv/AD3/xAAWEQEBAQAA
            AAAAAAAAAAAAAAAAATD/2gAIAQMBAT8QwAAClKU//8QAFREBAQAAAAAAAAAAAAAAAAAAAQD/2gAIAQIBAT8QWWWWWWWWZmb/xAAVEAEBAAAAAA
            AAAAAAAAAAAAAAAf/aAAgBAQABPxCEIQhCEIQhCEIQhCEIQhCEIQhCEIQhCEIQ/9k=
            """
        );

    /// <summary>One channel, with restarts.</summary>
    public static byte[] Grey { get; } =
        Convert.FromBase64String(
            """
            /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8yb
            qmx5moq6T/wAALCAAoAEABAREA/8QAFwABAQEBAAAAAAAAAAAAAAAAAgQFAf/EABYQAAMAAAAAAAAAAAAAAAAAAAABAv/dAAQACP/aAAgBAQAA
            PwDCUCUDUCUCUDUCUDUH/9DJUCUDUCUDUCUCUDUH/9GBQNQJQJQNQJQJQNQf/9KdQNQJQJQNQJQNQJQf/9PigagSgagSgSgagSg//9k=
            """
        );

    /// <summary>With a segment behind its start.</summary>
    public static byte[] With(byte[] picture, byte marker, byte[] content) =>
        [
            .. picture[..2],
            0xFF,
            marker,
            (byte)((content.Length + 2) >> 8),
            (byte)(content.Length + 2),
            .. content,
            .. picture[2..],
        ];
}
