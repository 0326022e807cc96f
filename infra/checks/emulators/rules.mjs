// What must hold of topics, queues and subscriptions when Dapr's component works with them. Each rule yields what is wrong.
import { mock } from "node:test";
import { account, arn, region, topicsOf } from "./installation.mjs";
import { decide } from "./permissions.mjs";

const nameOf = (arn) => arn.slice(arn.lastIndexOf(":") + 1);

export const consumersOf = (world) => Object.keys(world.hears).filter((app) => world.hears[app].length > 0);

/** As the runtime wraps what an app publishes. */
export const cloudEvent = (app, topic, data = { at: "São Paulo", what: topic }) =>
    JSON.stringify({
        id: crypto.randomUUID(),
        source: app,
        type: "com.dapr.event.sent",
        specversion: "1.0",
        datacontenttype: "application/json",
        topic,
        pubsubname: "pubsub",
        time: "2026-01-02T03:04:05Z",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        data,
    });

/** The start of every app: it finds all that it looks for, and what is found is its own. */
export async function starts(world) {
    const problems = [];
    const running = {};
    for (const app of world.installation.components.pubsub.scopes) {
        try {
            const component = (running[app] = world.component(app));
            for (const topic of world.hears[app] ?? []) await component.subscribe(topic);
            for (const topic of world.publishes[app] ?? []) await component.topicArn(topic);
            if (!world.hears[app]?.length) continue;
            if (component.receiveLimit >= component.retryLimit) problems.push(`${app}: the component drops a message before the queue gives it up`);
        } catch (e) {
            problems.push(`${app}: ${e.name === "Error" ? e.message : `${e.name}: ${e.message}`}`);
        }
    }
    for (const app of [...Object.keys(world.publishes), ...consumersOf(world)])
        if (!world.installation.components.pubsub.scopes.includes(app)) problems.push(`${app} may speak or hear, and is not in the component's scopes`);
    return { problems, running };
}

/** Every topic, said by whom may say it, comes to the queues of those that hear it, in SNS's envelope, and nowhere else. */
export async function delivers(world) {
    const problems = [];
    const { running, problems: atStart } = await starts(world);
    if (atStart.length > 0) return atStart;
    const expected = new Map();
    const expect = (queue, topic) => expected.set(queue, [...(expected.get(queue) ?? []), topic]);
    for (const [app, topics] of Object.entries(world.publishes))
        for (const topic of topics) {
            await running[app].publish(topic, cloudEvent(app, topic));
            for (const hearer of consumersOf(world)) if (world.hears[hearer].includes(topic)) expect(running[hearer].queueName, topic);
            if (topic === `${app}-dead`) expect(running[app].deadName, topic);
        }
    const queues = world.installation.queues.map((q) => q.QueueName);
    for (const queue of expected.keys()) if (!queues.includes(queue)) problems.push(`there is no ${queue}`);
    for (const queue of queues) {
        const messages = await world.drain(queue);
        const heard = [];
        for (const { Body } of messages) {
            const envelope = JSON.parse(Body);
            if (envelope.Type !== "Notification" || typeof envelope.Message !== "string") {
                problems.push(`${queue}: a message without SNS's envelope`);
                continue;
            }
            const topic = nameOf(envelope.TopicArn);
            heard.push(topic);
            if (JSON.parse(envelope.Message).topic !== topic) problems.push(`${queue}: ${topic} holds another event`);
            // The emulator does not look at queue policies; AWS does.
            const attributes = world.installation.queues.find((q) => q.QueueName === queue).Attributes;
            if (world.guarded && !(await mayDeliver(envelope.TopicArn, queue, attributes))) problems.push(`${queue}: its policy refuses ${topic}`);
        }
        const missing = (expected.get(queue) ?? []).filter((t) => !heard.includes(t));
        const foreign = heard.filter((t) => !(expected.get(queue) ?? []).includes(t));
        if (missing.length > 0) problems.push(`${queue} does not hear ${missing}`);
        if (foreign.length > 0) problems.push(`${queue} hears ${foreign}`);
        // As often as it was said: act-recorded has several speakers.
        if (heard.length > (expected.get(queue) ?? []).length) problems.push(`${queue} hears something twice`);
    }
    return problems;
}

export const mayDeliver = async (topicArn, queue, { Policy }) =>
    Policy !== undefined &&
    (await decide({
        account,
        principal: "sns.amazonaws.com",
        resourcePolicy: JSON.parse(Policy),
        action: "sqs:SendMessage",
        resource: arn("sqs", queue),
        context: { "aws:SourceArn": topicArn, "aws:SourceAccount": account, "aws:SecureTransport": "true" },
    }));

/**
 * A message whose consumer dies at every receive: hidden for exactly the visibility timeout, received as often as the
 * component says, then in the dead letters of this app, and in no other queue.
 */
export async function givesUp(world, app) {
    const problems = [];
    const component = world.component(app);
    const [topic] = world.hears[app];
    const publisher = Object.keys(world.publishes).find((p) => world.publishes[p].includes(topic));
    for (const heard of world.hears[app]) await component.subscribe(heard);
    await world.component(publisher).publish(topic, cloudEvent(publisher, topic));
    for (const { QueueName } of world.installation.queues) if (QueueName !== component.queueName) await world.drain(QueueName);

    mock.timers.enable({ apis: ["Date"], now: Date.now() });
    try {
        let received = 0;
        for (; received < component.retryLimit + 1; received++) {
            const [message, ...more] = await component.receive({ wait: 0 });
            if (!message) break;
            if (more.length > 0) problems.push(`${app}: more than one message`);
            if (Number(message.Attributes.ApproximateReceiveCount) !== received + 1) problems.push(`${app}: receive ${received + 1} was not counted`);
            try {
                if (await component.process(message, ({ data }) => JSON.parse(data).topic !== topic)) problems.push(`${app}: another message`);
            } catch (e) {
                problems.push(`${app}: ${e.message}`);
            }
            mock.timers.tick((component.visibility - 1) * 1000);
            if ((await component.receive({ wait: 0 })).length > 0) problems.push(`${app}: delivered again within ${component.visibility} s`);
            mock.timers.tick(1000);
        }
        if (received !== component.receiveLimit) problems.push(`${app}: received ${received} times, not ${component.receiveLimit}`);
    } finally {
        mock.timers.reset();
    }
    for (const { QueueName } of world.installation.queues) {
        const held = (await world.drain(QueueName)).length;
        if (held !== (QueueName === component.deadName ? 1 : 0)) problems.push(`${app}: ${held} messages in ${QueueName}`);
    }
    return problems;
}

/** What AWS holds and what the components think of it are two texts: they must say the same. */
export function agrees(installation) {
    const problems = [];
    const { statestore, pubsub, email } = installation.components;
    const of = (component, name) => component.metadata.find((m) => m.name === name)?.value;
    const [key] = installation.table.KeySchema;
    const partition = of(statestore, "partitionKey") ?? "key";
    if (key.AttributeName !== partition || installation.table.KeySchema.length !== 1) problems.push(`the table's key is ${key.AttributeName}, not ${partition}`);
    const types = installation.table.AttributeDefinitions;
    if (types.length !== 1 || types[0].AttributeName !== key.AttributeName || types[0].AttributeType !== "S") problems.push("the table's key is not a string");
    const { attribute_name: ttl, enabled } = installation.table.ttl;
    if (!enabled || ttl !== of(statestore, "ttlAttributeName")) problems.push(`the table expires by ${ttl}, the component writes ${of(statestore, "ttlAttributeName")}`);
    for (const queue of installation.queues) {
        const { RedrivePolicy, VisibilityTimeout, ReceiveMessageWaitTimeSeconds, KmsMasterKeyId } = queue.Attributes;
        if (KmsMasterKeyId !== installation.key.arn) problems.push(`${queue.QueueName} is not encrypted with the installation's key`);
        if (!RedrivePolicy) continue;
        const { maxReceiveCount } = JSON.parse(RedrivePolicy);
        if (`${maxReceiveCount}` !== of(pubsub, "messageReceiveLimit")) problems.push(`${queue.QueueName} gives up after ${maxReceiveCount} receives`);
        if (VisibilityTimeout !== of(pubsub, "messageVisibilityTimeout")) problems.push(`${queue.QueueName} hides for ${VisibilityTimeout} s`);
        if (ReceiveMessageWaitTimeSeconds !== of(pubsub, "messageWaitTimeSeconds")) problems.push(`${queue.QueueName} waits ${ReceiveMessageWaitTimeSeconds} s`);
    }
    const { access, encryption } = installation.bucket;
    for (const [name, on] of Object.entries(access)) if (name !== "bucket" && on !== true) problems.push(`the bucket's ${name} is off`);
    if (encryption.sse_algorithm !== "aws:kms" || encryption.kms_master_key_id !== installation.key.arn) problems.push("the bucket is not encrypted with the installation's key");
    const from = installation.env[email.metadata.find((m) => m.name === "emailFrom").envRef];
    if (!from.endsWith(`@${installation.sender.domain}>`)) problems.push(`mails come from ${from}, not from ${installation.sender.domain}`);
    return problems;
}

export { region, topicsOf };
