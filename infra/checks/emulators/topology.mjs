// tilt/aws.json: what the emulator of a developer's cluster starts with, so that its topics, queues and subscriptions are
// Terraform's. `node infra/checks/emulators/topology.mjs --write` writes it.
import { writeFileSync } from "node:fs";
import { environment, messagingOf } from "./installation.mjs";

export const file = "tilt/aws.json";
export const region = "us-east-1";

const nameOf = (arn) => arn.slice(arn.lastIndexOf(":") + 1);
// The emulator looks at no policy and encrypts nothing.
const kept = ({ Policy, RedriveAllowPolicy, KmsMasterKeyId, ...attributes }) => attributes;

export async function topology(bucket) {
    const platform = (await environment("dev", { in: [region] })).module.get("platform");
    const { topics, queues, subscriptions } = messagingOf(platform.module.get("messaging"));
    return {
        region,
        topics: topics.map(({ Name }) => ({ name: Name })),
        queues: queues.map(({ QueueName, Attributes }) => ({ name: QueueName, attributes: kept(Attributes) })),
        subscriptions: subscriptions.map(({ TopicArn, Endpoint, Attributes }) => ({
            topic: nameOf(TopicArn),
            queue: nameOf(Endpoint),
            ...(Object.keys(Attributes).length > 0 && { attributes: Attributes }),
        })),
        buckets: [bucket],
    };
}

// One topic, queue or subscription a line.
export const text = (topology) =>
    `{\n${Object.entries(topology)
        .map(([name, value]) =>
            Array.isArray(value)
                ? `  "${name}": [\n${value.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`
                : `  "${name}": ${JSON.stringify(value)}`,
        )
        .join(",\n")}\n}\n`;

if (process.argv.includes("--write")) writeFileSync(file, text(await topology("ticket-files")));
