// The calls that Dapr's AWS components make (components-contrib 1.18.4), no more and no fewer, in their order. Only what the
// components of components/ ask for: topics and queues are looked up, never made.
import { randomBytes } from "node:crypto";
import { require } from "./tools.mjs";

const { GetTopicAttributesCommand, ListSubscriptionsByTopicCommand, PublishCommand } = require("@aws-sdk/client-sns");
const { ChangeMessageVisibilityCommand, DeleteMessageCommand, GetQueueAttributesCommand, GetQueueUrlCommand, ReceiveMessageCommand } =
    require("@aws-sdk/client-sqs");
const { DeleteItemCommand, GetItemCommand, PutItemCommand } = require("@aws-sdk/client-dynamodb");
const { DeleteObjectCommand, GetObjectCommand, ListObjectsCommand } = require("@aws-sdk/client-s3");
const { SendEmailCommand } = require("@aws-sdk/client-ses");
const { Upload } = require("@aws-sdk/lib-storage");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");

const truthy = (text) => ["1", "true", "yes", "on", "y"].includes((text ?? "").toLowerCase());

export class SnsSqs {
    #topics = new Map();
    #queues = new Map();
    #subscriptions = new Map();
    #handled = new Set();

    constructor(properties, { sns, sqs }) {
        Object.assign(this, { sns, sqs });
        const number = (name, otherwise) => (name in properties ? Number(properties[name]) : otherwise);
        this.region = properties.region;
        this.account = properties.accountID;
        this.queueName = properties.consumerID;
        this.deadName = properties.sqsDeadLettersQueueName ?? "";
        this.visibility = number("messageVisibilityTimeout", 10);
        this.retryLimit = number("messageRetryLimit", 10);
        this.receiveLimit = number("messageReceiveLimit", 0);
        this.wait = number("messageWaitTimeSeconds", 2);
        this.batch = number("messageMaxNumber", 10);
        if (!this.queueName) throw new Error("consumerID must be set");
        if (this.visibility < 1) throw new Error("messageVisibilityTimeout must be greater than 0");
        if (this.retryLimit < 2) throw new Error("messageRetryLimit must be greater than 1");
        if (this.receiveLimit > 0 !== this.deadName.length > 0)
            throw new Error("messageReceiveLimit and sqsDeadLettersQueueName must both be set");
        if (this.wait < 1) throw new Error("messageWaitTimeSeconds must be greater than 0");
        if (this.batch < 1 || this.batch > 10) throw new Error("messageMaxNumber must be 1 to 10");
        if (!truthy(properties.disableEntityManagement)) throw new Error("the component would make topics and queues itself");
        if (truthy(properties.fifo)) throw new Error("the component would look for FIFO queues");
        if (!/^\d{12}$/.test(this.account ?? "")) throw new Error("the component would ask STS for its account");
    }

    static name(text) {
        return text.replace(/[^A-Za-z0-9_-]/g, "").slice(0, 80);
    }

    async topicArn(topic) {
        const name = SnsSqs.name(topic);
        if (!this.#topics.has(name)) {
            const TopicArn = `arn:aws:sns:${this.region}:${this.account}:${name}`;
            const { Attributes } = await this.sns.send(new GetTopicAttributesCommand({ TopicArn }));
            this.#topics.set(name, Attributes.TopicArn);
        }
        return this.#topics.get(name);
    }

    async queue(given) {
        if (!this.#queues.has(given)) {
            const { QueueUrl } = await this.sqs.send(
                new GetQueueUrlCommand({ QueueName: SnsSqs.name(given), QueueOwnerAWSAccountId: this.account }),
            );
            const { Attributes } = await this.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
            this.#queues.set(given, { url: QueueUrl, arn: Attributes.QueueArn });
        }
        return this.#queues.get(given);
    }

    async subscribe(topic) {
        const topicArn = await this.topicArn(topic);
        const queue = await this.queue(this.queueName);
        if (this.deadName) await this.queue(this.deadName);
        const key = `${queue.arn}:${topicArn}`;
        if (!this.#subscriptions.has(key)) {
            const { Subscriptions } = await this.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
            // Whoever's it is: the first will do.
            const found = Subscriptions.find((s) => s.TopicArn === topicArn);
            if (!found) throw new Error(`sns sqs subscription not found for topic arn ${topicArn}`);
            this.#subscriptions.set(key, found.SubscriptionArn);
        }
        this.#handled.add(SnsSqs.name(topic));
    }

    async publish(topic, data) {
        const TopicArn = await this.topicArn(topic);
        await this.sns.send(new PublishCommand({ Message: data, TopicArn }));
    }

    /** One turn of the poll loop. A test that expects nothing says so by a shorter wait. */
    async receive({ wait = this.wait } = {}) {
        const { url } = await this.queue(this.queueName);
        const { Messages = [] } = await this.sqs.send(
            new ReceiveMessageCommand({
                QueueUrl: url,
                AttributeNames: ["All"],
                MaxNumberOfMessages: this.batch,
                VisibilityTimeout: this.visibility,
                WaitTimeSeconds: wait,
            }),
        );
        return Messages;
    }

    /** What the loop does with a message: false when it was left for another time. */
    async process(message, handler) {
        const { url } = await this.queue(this.queueName);
        const received = Number(message.Attributes.ApproximateReceiveCount);
        if (!this.deadName && received >= this.retryLimit) {
            await this.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
            throw new Error("deleted without processing");
        }
        if (this.deadName && received > this.retryLimit) throw new Error("should have been moved to the dead letters");
        const { Message, TopicArn } = JSON.parse(message.Body);
        if (typeof TopicArn !== "string") throw new Error("not SNS's envelope");
        const topic = TopicArn.slice(TopicArn.lastIndexOf(":") + 1);
        if (!this.#handled.has(topic)) throw new Error(`handler for (sanitized) topic: ${topic} was not found`);
        if (!(await handler({ topic, data: Message }))) return false;
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
        return true;
    }

    /** Only with disableDeleteOnRetryLimit; kept for the permission, which says that it may. */
    async giveBack(message) {
        const { url } = await this.queue(this.queueName);
        await this.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0 }));
    }
}

export class ETagMismatch extends Error {}

export class DynamoDbState {
    constructor(properties, { dynamodb }, app) {
        if (!properties.table) throw new Error("missing dynamodb table name");
        Object.assign(this, { dynamodb, app, table: properties.table, ttl: properties.ttlAttributeName ?? "", key: properties.partitionKey ?? "key" });
    }

    init() {
        return this.#get(randomBytes(16).toString("hex"), false);
    }

    #get(key, strong) {
        return this.dynamodb.send(new GetItemCommand({ TableName: this.table, ConsistentRead: strong, Key: { [this.key]: { S: key } } }));
    }

    // The runtime begins each key with the app's id.
    #name = (key) => `${this.app}||${key}`;

    async get(key, { strong = false } = {}) {
        const { Item } = await this.#get(this.#name(key), strong);
        if (!Item) return {};
        if (this.ttl && Item[this.ttl] && Number(Item[this.ttl].N) <= Math.floor(Date.now() / 1000)) return {};
        return { data: Item.value.B ? Buffer.from(Item.value.B).toString() : Item.value.S, etag: Item.etag?.S };
    }

    async set(key, value, { etag = "", firstWrite = false, ttlInSeconds } = {}) {
        const item = {
            [this.key]: { S: this.#name(key) },
            value: { B: Buffer.from(value) },
            etag: { S: randomBytes(8).toString("hex") },
        };
        if (this.ttl && ttlInSeconds) item[this.ttl] = { N: `${Math.floor(Date.now() / 1000) + Number(ttlInSeconds)}` };
        const condition = etag
            ? { ConditionExpression: "etag = :etag", ExpressionAttributeValues: { ":etag": { S: etag } } }
            : firstWrite
              ? { ConditionExpression: "attribute_not_exists(etag)" }
              : {};
        try {
            await this.dynamodb.send(new PutItemCommand({ TableName: this.table, Item: item, ...condition }));
        } catch (e) {
            // Without an ETag a lost race stays an error of the store: the caller sees INTERNAL, not ABORTED.
            throw etag && e.name === "ConditionalCheckFailedException" ? new ETagMismatch() : e;
        }
    }

    async delete(key, { etag = "" } = {}) {
        const condition = etag ? { ConditionExpression: "etag = :etag", ExpressionAttributeValues: { ":etag": { S: etag } } } : {};
        try {
            await this.dynamodb.send(new DeleteItemCommand({ TableName: this.table, Key: { [this.key]: { S: this.#name(key) } }, ...condition }));
        } catch (e) {
            throw e.name === "ConditionalCheckFailedException" ? new ETagMismatch() : e;
        }
    }
}

const partSize = 8 * 1024 * 1024;

export class S3Binding {
    constructor(properties, { s3 }) {
        Object.assign(this, { s3, bucket: properties.bucket });
    }

    async create(Key, Body, ContentType) {
        await new Upload({ client: this.s3, partSize, queueSize: 1, params: { Bucket: this.bucket, Key, Body, ContentType } }).done();
    }

    async get(Key) {
        try {
            const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
            return Buffer.from(await Body.transformToByteArray());
        } catch (e) {
            throw e.name === "NoSuchKey" ? new Error("object not found") : e;
        }
    }

    async delete(Key) {
        await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }));
    }

    async list(Prefix) {
        const { Contents = [] } = await this.s3.send(
            new ListObjectsCommand({ Bucket: this.bucket, MaxKeys: 1000, Marker: "", Prefix, Delimiter: "" }),
        );
        return Contents.map((o) => o.Key);
    }

    presign(Key, seconds) {
        return getSignedUrl(this.s3, new GetObjectCommand({ Bucket: this.bucket, Key }), { expiresIn: seconds });
    }
}

/** Go's strconv.Unquote of a double-quoted text: JSON's escapes, but for the halves of a surrogate pair and "\/". */
export function unquote(text) {
    if (!/^".*"$/s.test(text) || text.includes("\n")) throw new SyntaxError("invalid syntax");
    return text
        .slice(1, -1)
        .replace(/\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]?))|"/g, (all, letter, x, u, U, octal) => {
            if (letter) return { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" }[letter] ?? letter;
            if (x) return String.fromCharCode(parseInt(x, 16));
            if (octal) return String.fromCharCode(parseInt(octal, 8));
            const rune = parseInt(u ?? U ?? "x", 16);
            if (Number.isNaN(rune) || (rune >= 0xd800 && rune <= 0xdfff) || rune > 0x10ffff) throw new SyntaxError("invalid syntax");
            return String.fromCodePoint(rune);
        });
}

export class SesBinding {
    constructor(properties, { ses }) {
        Object.assign(this, { ses, properties });
    }

    /** `data` is the request's body as the sidecar gets it: a JSON string. */
    async create(data, metadata) {
        const given = Object.fromEntries(Object.entries({ ...this.properties, ...metadata }).map(([k, v]) => [k.toLowerCase(), v]));
        for (const name of ["emailFrom", "emailTo", "subject"])
            if (!given[name.toLowerCase()]) throw new Error(`${name} property not supplied`);
        const Data = unquote(data);
        const list = (text) => (text ? text.split(";") : undefined);
        await this.ses.send(
            new SendEmailCommand({
                Source: given.emailfrom,
                Destination: { ToAddresses: list(given.emailto), CcAddresses: list(given.emailcc), BccAddresses: list(given.emailbcc) },
                Message: { Subject: { Charset: "UTF-8", Data: given.subject }, Body: { Html: { Charset: "UTF-8", Data } } },
            }),
        );
    }
}
