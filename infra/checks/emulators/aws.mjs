// Stands in for the AWS CLI in tests of scripts: the few calls that they make, answered by the test's own SDK client. An option
// that a call does not know is an error, as it is there.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { require } from "./tools.mjs";

const { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } = require("@aws-sdk/client-sqs");
const known = {
    "sqs get-queue-url": [GetQueueUrlCommand, { "queue-name": "QueueName" }],
    "sqs receive-message": [
        ReceiveMessageCommand,
        { "queue-url": "QueueUrl", "max-number-of-messages": "MaxNumberOfMessages", "visibility-timeout": "VisibilityTimeout", "wait-time-seconds": "WaitTimeSeconds", "message-system-attribute-names": "AttributeNames" },
    ],
    "sqs send-message": [SendMessageCommand, { "queue-url": "QueueUrl", "message-body": "MessageBody" }],
    "sqs delete-message": [DeleteMessageCommand, { "queue-url": "QueueUrl", "receipt-handle": "ReceiptHandle" }],
};

async function run(sqs, [service, operation, ...args]) {
    const call = known[`${service} ${operation}`];
    if (!call) throw new Error(`the suite's CLI does not know ${service} ${operation}`);
    const [Command, names] = call;
    const { values } = parseArgs({
        args,
        options: Object.fromEntries([...Object.keys(names), "query", "output"].map((name) => [name, { type: "string" }])),
    });
    const input = {};
    for (const [name, parameter] of Object.entries(names)) {
        if (values[name] === undefined) continue;
        const text = values[name].startsWith("file://") ? readFileSync(values[name].slice("file://".length), "utf8") : values[name];
        input[parameter] = /^(Max|Visibility|Wait)/.test(parameter) ? Number(text) : parameter.endsWith("Names") ? [text] : text;
    }
    const { $metadata, ...answer } = await sqs.send(new Command(input));
    if (values.query) return values.output === "text" ? `${answer[values.query]}\n` : `${JSON.stringify(answer[values.query])}\n`;
    return Object.keys(answer).length > 0 ? `${JSON.stringify(answer, null, 4)}\n` : "";
}

/** A folder with an `aws` for PATH; the program hands its arguments over and prints what comes back. */
export async function cli(sqs) {
    const server = createServer(async (request, response) => {
        let body = "";
        for await (const chunk of request.setEncoding("utf8")) body += chunk;
        try {
            response.end(await run(sqs, JSON.parse(body)));
        } catch (e) {
            response.writeHead(500).end(`${e.message}\n`);
        }
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const folder = mkdtempSync(join(tmpdir(), "aws-"));
    const file = join(folder, "aws");
    writeFileSync(
        file,
        `#!${process.execPath}
fetch("http://127.0.0.1:${server.address().port}", { method: "POST", body: JSON.stringify(process.argv.slice(2)) }).then(async (r) => {
    (r.ok ? process.stdout : process.stderr).write(await r.text());
    process.exitCode = r.ok ? 0 : 254;
});
`,
    );
    chmodSync(file, 0o755);
    return {
        folder,
        stop() {
            server.close();
            rmSync(folder, { recursive: true });
        },
    };
}
