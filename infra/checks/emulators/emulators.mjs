// fauxqs (SNS, SQS, S3), dynalite (DynamoDB) and aws-ses-v2-local on free ports of this machine, filled with what an
// installation says, and clients that note each call and whose it is.
import { once } from "node:events";
import { account, arn, propertiesOf, region, topicsOf } from "./installation.mjs";
import { DynamoDbState, S3Binding, SesBinding, SnsSqs } from "./dapr.mjs";
import { dynalite, fauxqs, require, ses } from "./tools.mjs";

const { CreateTopicCommand, SNSClient, SubscribeCommand } = require("@aws-sdk/client-sns");
const { CreateQueueCommand, ReceiveMessageCommand, SQSClient, PurgeQueueCommand } = require("@aws-sdk/client-sqs");
const { CreateBucketCommand, PutBucketLifecycleConfigurationCommand, S3Client } = require("@aws-sdk/client-s3");
const { CreateTableCommand, DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { SESClient } = require("@aws-sdk/client-ses");

const options = (endpoint, at = region) => ({
    endpoint,
    region: at,
    credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
    maxAttempts: 1,
});

/** Messaging and files of an installation. */
export async function messaging(installation, { init, at = region } = {}) {
    const server = await fauxqs({ port: 0, logger: false, ...(init && { init }) });
    const calls = [];
    const noting = (client, app) => {
        client.middlewareStack.add(
            (next, { commandName, clientName }) =>
                async (args) => {
                    calls.push({ app, service: clientName.replace("Client", ""), operation: commandName.replace("Command", ""), input: args.input });
                    return next(args);
                },
            { step: "initialize" },
        );
        return client;
    };
    const clients = (app) => ({
        sns: noting(new SNSClient(options(server.address, at)), app),
        // As Go's SDK: the endpoint is the component's, whatever host stands in a queue's URL.
        sqs: noting(new SQSClient({ ...options(server.address, at), useQueueUrlAsEndpoint: false }), app),
        s3: noting(new S3Client({ ...options(server.address, at), forcePathStyle: true }), app),
    });
    const operator = clients(null);
    if (!init) {
        for (const topic of installation.topics) await operator.sns.send(new CreateTopicCommand(topic));
        for (const queue of installation.queues) await operator.sqs.send(new CreateQueueCommand(queue));
        for (const subscription of installation.subscriptions) await operator.sns.send(new SubscribeCommand(subscription));
        await operator.s3.send(new CreateBucketCommand({ Bucket: installation.bucket.Bucket }));
        await operator.s3.send(
            new PutBucketLifecycleConfigurationCommand({
                Bucket: installation.bucket.Bucket,
                LifecycleConfiguration: { Rules: [installation.bucket.lifecycle] },
            }),
        );
    }
    const { pubsub } = installation.components;
    const urlOf = (name) => `${server.address}/${account}/${name}`;
    return {
        server,
        calls,
        operator,
        clients,
        publishes: topicsOf(pubsub, "publishingScopes"),
        hears: topicsOf(pubsub, "subscriptionScopes"),
        urlOf,
        component: (app) => new SnsSqs(propertiesOf(pubsub, app, installation.env), clients(app)),
        /** Takes all that a queue shows. */
        async drain(name) {
            const taken = [];
            for (;;) {
                const { Messages = [] } = await operator.sqs.send(
                    new ReceiveMessageCommand({ QueueUrl: urlOf(name), MaxNumberOfMessages: 10, WaitTimeSeconds: 0, AttributeNames: ["All"] }),
                );
                if (Messages.length === 0) return taken;
                taken.push(...Messages);
            }
        },
        /** Empties every queue, hidden messages too. */
        async forget() {
            for (const { QueueName } of installation.queues)
                await operator.sqs.send(new PurgeQueueCommand({ QueueUrl: urlOf(QueueName) }));
            calls.length = 0;
        },
        files: (app) => new S3Binding(propertiesOf(installation.components["ticket-files"], app, installation.env), clients(app)),
        stop: () => server.stop(),
    };
}

export async function state(installation, note = () => {}) {
    const server = dynalite({ createTableMs: 0 });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = () => new DynamoDBClient(options(`http://127.0.0.1:${server.address().port}`));
    const { ttl, ...table } = installation.table;
    await client().send(new CreateTableCommand(table));
    return {
        client: client(),
        component(app) {
            const dynamodb = client();
            dynamodb.middlewareStack.add(
                (next, { commandName }) =>
                    async (args) => {
                        note({ app, service: "DynamoDB", operation: commandName.replace("Command", ""), input: args.input });
                        return next(args);
                    },
                { step: "initialize" },
            );
            return new DynamoDbState(propertiesOf(installation.components.statestore, app, installation.env), { dynamodb }, app);
        },
        stop: () => new Promise((done) => server.close(done)),
    };
}

export async function mails(installation, note = () => {}) {
    const server = await ses({ host: "127.0.0.1", port: 0 });
    const address = `http://127.0.0.1:${server.address().port}`;
    return {
        component(app) {
            const client = new SESClient(options(address));
            client.middlewareStack.add(
                (next, { commandName }) =>
                    async (args) => {
                        note({ app, service: "SES", operation: commandName.replace("Command", ""), input: args.input });
                        return next(args);
                    },
                { step: "initialize" },
            );
            return new SesBinding(propertiesOf(installation.components.email, app, installation.env), { ses: client });
        },
        sent: async () => (await (await fetch(`${address}/store`)).json()).emails,
        stop: () => new Promise((done) => server.close(done)),
    };
}

export { account, arn, region };
