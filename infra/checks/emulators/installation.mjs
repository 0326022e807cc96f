// What Terraform makes of one environment and what the components say to it, as plain data: the inputs of the AWS calls that
// make it, and each component's metadata. Tests plant their mistakes in a copy of it.
import { readFileSync, readdirSync } from "node:fs";
import { terraform } from "../hcl.mjs";
import { tools, yaml } from "./tools.mjs";

// The emulators know one account.
export const account = "000000000000";
export const region = "sa-east-1";

export const arn = (service, name, at = region, of = account) => `arn:aws:${service}:${at}:${of}:${name}`;

const computedIn = (region, account) => ({
    aws_kms_key: { arn: () => arn("kms", "key/ticketing", region, account) },
    aws_sns_topic: { arn: (own) => arn("sns", own("name"), region, account) },
    aws_sqs_queue: {
        arn: (own) => arn("sqs", own("name"), region, account),
        url: (own) => `https://sqs.${region}.amazonaws.com/${account}/${own("name")}`,
    },
    aws_dynamodb_table: { arn: (own) => arn("dynamodb", `table/${own("name")}`, region, account) },
    // Secrets Manager adds six characters.
    aws_secretsmanager_secret: { arn: (own) => arn("secretsmanager", `secret:${own("name")}-a1B2c3`, region, account) },
    aws_s3_bucket: { id: (own) => own("bucket"), arn: (own) => `arn:aws:s3:::${own("bucket")}` },
    aws_cloudwatch_log_group: { arn: (own) => arn("logs", `log-group:${own("name")}`, region, account) },
    aws_iam_role: { id: (own) => own("name"), arn: (own) => arn("iam", `role/${own("name")}`, "", account) },
    aws_sesv2_configuration_set: { arn: (own) => arn("ses", `configuration-set/${own("configuration_set_name")}`, region, account) },
});

/** The root module of an environment, evaluated when it is asked. */
export async function environment(name, { change, given: further, in: [at, of = account] = [region] } = {}) {
    const make = await terraform({
        tools,
        change,
        data: {
            aws_caller_identity: { account_id: of },
            aws_partition: { partition: "aws" },
            aws_region: { region: at },
        },
        computed: computedIn(at, of),
    });
    const given = readFileSync(`infra/terraform/environments/${name}/terraform.tfvars.example`, "utf8");
    const variables = Object.fromEntries(
        [...given.matchAll(/^(\w+) += (.*)$/gm)].map(([, key, value]) => [key, JSON.parse(value)]),
    );
    return make(`environments/${name}`, { ...variables, account_id: of, ...further });
}

// As the AWS provider hands a resource's attributes to the API. Another attribute is an error here, not silence.
const queueAttributes = {
    visibility_timeout_seconds: "VisibilityTimeout",
    receive_wait_time_seconds: "ReceiveMessageWaitTimeSeconds",
    message_retention_seconds: "MessageRetentionPeriod",
    max_message_size: "MaximumMessageSize",
    kms_master_key_id: "KmsMasterKeyId",
    redrive_policy: "RedrivePolicy",
};
const topicAttributes = { kms_master_key_id: "KmsMasterKeyId" };
const subscriptionAttributes = { raw_message_delivery: "RawMessageDelivery" };

function attributesOf(resource, known, ...own) {
    const given = Object.entries(resource.attributes()).filter(([name]) => !own.includes(name));
    for (const [name] of given) if (!known[name]) throw new Error(`the suite does not know ${name}`);
    // fauxqs, like AWS, leaves false out.
    return Object.fromEntries(given.filter(([, v]) => v !== false).map(([name, value]) => [known[name], `${value}`]));
}

export function messagingOf(messaging) {
    const queues = Object.fromEntries(
        messaging.all("aws_sqs_queue").map(([, queue]) => [queue.get("url"), { QueueName: queue.get("name"), Attributes: attributesOf(queue, queueAttributes, "name") }]),
    );
    for (const [, policy] of messaging.all("aws_sqs_queue_policy")) queues[policy.get("queue_url")].Attributes.Policy = policy.get("policy");
    for (const [, allowed] of messaging.all("aws_sqs_queue_redrive_allow_policy"))
        queues[allowed.get("queue_url")].Attributes.RedriveAllowPolicy = allowed.get("redrive_allow_policy");
    return {
        topics: messaging.all("aws_sns_topic").map(([, topic]) => ({ Name: topic.get("name"), Attributes: attributesOf(topic, topicAttributes, "name") })),
        queues: Object.values(queues),
        subscriptions: messaging.all("aws_sns_topic_subscription").map(([, s]) => ({
            TopicArn: s.get("topic_arn"),
            Protocol: s.get("protocol"),
            Endpoint: s.get("endpoint"),
            Attributes: attributesOf(s, subscriptionAttributes, "topic_arn", "protocol", "endpoint"),
        })),
    };
}

function tableOf(storage) {
    const table = storage.resource.get("aws_dynamodb_table").get("state");
    return {
        TableName: table.get("name"),
        BillingMode: table.get("billing_mode"),
        KeySchema: [{ AttributeName: table.get("hash_key"), KeyType: "HASH" }],
        AttributeDefinitions: table.get("attribute").map((a) => ({ AttributeName: a.name, AttributeType: a.type })),
        // A call of its own in AWS.
        ttl: table.get("ttl")[0],
    };
}

function bucketOf(storage) {
    const one = (type) => storage.resource.get(type).get("files");
    const [rule] = one("aws_s3_bucket_lifecycle_configuration").get("rule");
    return {
        Bucket: one("aws_s3_bucket").get("bucket"),
        encryption: one("aws_s3_bucket_server_side_encryption_configuration").get("rule")[0].apply_server_side_encryption_by_default[0],
        access: one("aws_s3_bucket_public_access_block").attributes(),
        policy: JSON.parse(one("aws_s3_bucket_policy").get("policy")),
        lifecycle: {
            ID: rule.id,
            Status: rule.status,
            Filter: { Prefix: rule.filter[0].prefix },
            Expiration: { Days: rule.expiration[0].days },
            NoncurrentVersionExpiration: { NoncurrentDays: rule.noncurrent_version_expiration[0].noncurrent_days },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.abort_incomplete_multipart_upload[0].days_after_initiation },
        },
    };
}

/** A set of components, by name. */
export const components = (set) =>
    Object.fromEntries(
        readdirSync(`components/${set}`).map((file) => {
            const { metadata, spec, scopes } = yaml.parse(readFileSync(`components/${set}/${file}`, "utf8"));
            return [metadata.name, { type: spec.type, metadata: spec.metadata, scopes }];
        }),
    );

/** "app=topic,topic;app=" as Dapr reads it. */
export const topicsOf = (component, name) =>
    Object.fromEntries(
        (component.metadata.find((m) => m.name === name)?.value ?? "")
            .split(";")
            .filter(Boolean)
            .map((entry) => entry.split("="))
            .map(([app, topics]) => [app.trim(), topics ? topics.split(",") : []]),
    );

/** What the runtime hands a component of one app: templates replaced, environment read. */
export function propertiesOf(component, app, env) {
    if (!component.scopes.includes(app)) throw new Error(`${component.type} is not in the scope of ${app}`);
    return Object.fromEntries(
        component.metadata.map(({ name, value, envRef, secretKeyRef }) => {
            if (envRef && env[envRef] === undefined) throw new Error(`no ${envRef} for ${name}`);
            return [name, envRef ? env[envRef] : secretKeyRef ? "secret" : value.replaceAll("{appID}", app)];
        }),
    );
}

export async function installation({ name = "prod", set = "aws", change } = {}) {
    const platform = (await environment(name, { change })).module.get("platform");
    const storage = platform.module.get("storage");
    const mail = platform.module.get("mail");
    const chart = platform.outputs.get("chart_values");
    const files = bucketOf(storage);
    return {
        ...messagingOf(platform.module.get("messaging")),
        table: tableOf(storage),
        bucket: files,
        key: { arn: platform.resource.get("aws_kms_key").get("this").get("arn"), policy: JSON.parse(platform.resource.get("aws_kms_key").get("this").get("policy")) },
        policies: Object.fromEntries(
            Object.entries(platform.module.get("catalog").outputs.get("policies")).map(([app, policy]) => [app, JSON.parse(policy)]),
        ),
        sender: {
            domain: mail.resource.get("aws_sesv2_email_identity").get("this").get("email_identity"),
            configurationSet: mail.resource.get("aws_sesv2_email_identity").get("this").get("configuration_set_name"),
        },
        components: components(set),
        // The chart gives these to each sidecar (templates/_helpers.tpl), from Terraform's output chart_values.
        env: {
            AWS_REGION: chart.aws.region,
            AWS_ACCOUNT_ID: chart.aws.accountId,
            TICKETING_STATE_TABLE: chart.stateTable,
            TICKETING_FILES_BUCKET: chart.filesBucket,
            TICKETING_MAIL_FROM: chart.mailFrom,
        },
    };
}
