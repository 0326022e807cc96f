// What a recorded call asks of IAM: actions, resources and the context that conditions look at.
import { account, arn, region } from "./installation.mjs";
import { decider, keyByIam } from "../simulate.mjs";
import { require } from "./tools.mjs";

const simulate = decider(require("@cloud-copilot/iam-simulate").runSimulation);
const decided = new Map();

/** The same question has the same answer. */
export async function decide(question) {
    const asked = JSON.stringify(question);
    if (!decided.has(asked)) decided.set(asked, simulate(question));
    return decided.get(asked);
}

const queueArn = (url) => arn("sqs", new URL(url).pathname.split("/").pop());
const addressOf = (from) => from.match(/<(.*)>$/)?.[1] ?? from;

/** All of them must be allowed. */
export function requestsOf({ service, operation, input }, installation) {
    const key = (via, ...actions) =>
        actions.map((action) => ({ action: `kms:${action}`, resource: installation.key.arn, context: { "kms:ViaService": `${via}.${region}.amazonaws.com` } }));
    switch (service) {
        case "SNS":
            return [
                { action: `sns:${operation}`, resource: input.TopicArn },
                ...(operation === "Publish" ? key("sns", "GenerateDataKey", "Decrypt") : []),
            ];
        case "SQS":
            return [
                {
                    action: `sqs:${operation}`,
                    resource: operation === "GetQueueUrl" ? arn("sqs", input.QueueName, region, input.QueueOwnerAWSAccountId) : queueArn(input.QueueUrl),
                },
                ...(operation === "ReceiveMessage" ? key("sqs", "Decrypt") : []),
            ];
        case "DynamoDB": {
            const [, value] = Object.entries(input.Key ?? input.Item).find(([name]) => name === installation.table.KeySchema[0].AttributeName);
            return [
                { action: `dynamodb:${operation}`, resource: arn("dynamodb", `table/${input.TableName}`), context: { "dynamodb:LeadingKeys": [value.S] } },
                ...key("dynamodb", "Decrypt"),
            ];
        }
        case "S3": {
            const bucket = `arn:aws:s3:::${input.Bucket}`;
            if (operation === "ListObjects") return [{ action: "s3:ListBucket", resource: bucket }];
            const object = `${bucket}/${input.Key}`;
            if (operation === "GetObject") return [{ action: "s3:GetObject", resource: object }, ...key("s3", "Decrypt")];
            if (operation === "PutObject") return [{ action: "s3:PutObject", resource: object }, ...key("s3", "GenerateDataKey")];
            if (["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"].includes(operation))
                return [{ action: "s3:PutObject", resource: object }, ...key("s3", "GenerateDataKey", "Decrypt")];
            return [{ action: `s3:${operation}`, resource: object }];
        }
        case "SES": {
            const context = { "ses:FromAddress": addressOf(input.Source), "ses:FromDisplayName": input.Source.match(/^(.*) </)?.[1] ?? "" };
            // SES asks for both: the identity, and the configuration set that applies to it by default.
            return [`identity/${addressOf(input.Source).split("@")[1]}`, `configuration-set/${installation.sender.configurationSet}`].map((name) => ({
                action: `ses:${operation}`,
                resource: arn("ses", name),
                context,
            }));
        }
    }
    throw new Error(`a call that the suite cannot judge: ${service} ${operation}`);
}

const named = (r) => `${r.action} ${r.resource}${r.context ? ` ${JSON.stringify(r.context)}` : ""}`;

/** What is wrong: a call that its service may not make, or that a service may make which never does. */
export async function problemsOf(calls, installation, apps = Object.keys(installation.policies)) {
    const asked = new Map();
    for (const call of calls.filter((c) => c.app))
        for (const request of requestsOf(call, installation)) {
            const name = named(request);
            if (!asked.has(name)) asked.set(name, { request, callers: new Set() });
            asked.get(name).callers.add(call.app);
        }
    const problems = [];
    for (const [name, { request, callers }] of asked)
        for (const app of apps) {
            const allowed = await decide({
                ...request,
                account,
                principal: `arn:aws:iam::${account}:role/ticketing-${app}`,
                policy: installation.policies[app],
                ...(request.action.startsWith("kms:") && { resourcePolicy: keyByIam(account) }),
            });
            if (callers.has(app) && !allowed) problems.push(`${app} may not ${name}`);
            // The table is read by a random key at the start, and the key is everybody's.
            const shared = request.action === "dynamodb:GetItem" || request.action.startsWith("kms:");
            if (!callers.has(app) && allowed && !shared) problems.push(`${app} may ${name}, and never does`);
        }
    for (const app of new Set(calls.map((c) => c.app).filter(Boolean)))
        if (!installation.policies[app]) problems.push(`${app} calls AWS and has no policy`);
    return problems;
}
