// What an environment's figures come to in AWS: the database's storage, its copies and the one that takes its place, the table on the
// day of an on-sale. Each rule has mistakes that it finds.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { environment } from "./installation.mjs";

const environments = ["dev", "staging", "prod"];
const read = (file) => readFileSync(file, "utf8");
const restore = read("infra/restore.md");
const onSale = read("charts/ticketing/prepare-an-on-sale.md");

// What the busiest minute writes: production's, measured against gp3's own steps; the others are content with what any volume has.
const iopsWanted = { dev: 3000, staging: 3000, prod: 12000 };
// gp3 under PostgreSQL on RDS: four volumes, striped, from 400 GiB on.
const iopsOf = (volume) => (volume.get("storage_type") !== "gp3" ? 0 : volume.get("allocated_storage") >= 400 ? 12000 : 3000);
// IOPS that a class keeps up, where the volume has more than its burst (RDS user guide, instance classes).
const classIops = { "db.t4g.medium": 2000, "db.m7g.large": 3600, "db.r7g.2xlarge": 12000 };

const vault = "arn:aws:backup:sa-east-1:444455556666:backup-vault:ticketing";
const lockedDays = +restore.match(/--min-retention-days (\d+)/)[1];
const bytes = (gib) => gib * 1024 ** 3;

const of = (platform, module, type, name = "this") => platform.module.get(module).resource.get(type).get(name);

const rules = {
    storage: {
        problems(platform, name) {
            const database = of(platform, "database", "aws_db_instance");
            const found = [];
            if (iopsOf(database) < iopsWanted[name]) found.push(`${iopsOf(database)} IOPS, not ${iopsWanted[name]}`);
            if (!(classIops[database.get("instance_class")] >= (name === "dev" ? 0 : iopsWanted[name])))
                found.push(`${database.get("instance_class")} does not keep up ${iopsWanted[name]} IOPS`);
            // AWS takes no limit closer than a quarter above what there is.
            if (database.get("max_allocated_storage") < 1.26 * database.get("allocated_storage")) found.push("it does not grow");
            const alarm = platform.module.get("watch").all("aws_cloudwatch_metric_alarm").find(([key]) => key === "database/storage")[1];
            if (alarm.get("threshold") >= bytes(database.get("allocated_storage"))) found.push("its alarm never ends");
            return found;
        },
    },
    "a restored database": {
        given: { restored_database: "ticketing-restored", backup_copy_vault_arn: vault, password_generation: 2 },
        problems(platform, name) {
            const found = [];
            const strings = platform.module.get("secrets").all("aws_secretsmanager_secret_version").map(([key, v]) => [key, v.get("secret_string_wo"), v.get("secret_string_wo_version")]);
            const named = strings.filter(([, text]) => /host=/i.test(text));
            if (named.length < 10) found.push(`only ${named.length} connection strings`);
            for (const [key, text, version] of named) {
                if (!/host=<[^>]*db_instance\.restored[^>]*address>/i.test(text)) found.push(`${key} leads to another`);
                // Write-only: what they say reaches AWS with another number alone, which the guide's generation is.
                if (version !== 2) found.push(`${key} stays as it was`);
                if (/_a[; ]/.test(text)) found.push(`${key} has the role of before`);
            }
            for (const [key, alarm] of platform.module.get("watch").all("aws_cloudwatch_metric_alarm"))
                if (alarm.get("namespace") === "AWS/RDS" && alarm.get("dimensions").DBInstanceIdentifier !== "ticketing-restored") found.push(`the alarm ${key} watches another`);
            if (!/restored.*db_instance_arn/.test(of(platform, "backup", "aws_backup_selection").get("resources").join())) found.push("another is copied");
            for (const [output, attribute] of [["database_host", "address"], ["database_admin_secret_arn", "secret_arn"]])
                if (!new RegExp(`restored.*${attribute}`).test(platform.outputs.get(output))) found.push(`${output} is another's`);
            // One step of the guide says all of it, or the apply changes nothing.
            if (!/`restored_database = "[^"]+"` and\s+`password_generation` one higher/.test(restore)) found.push("the guide forgets the generation");
            // What stands at zero, or is paused, no rollout and no autoscaler raises.
            const [paused, resumed] = ["paused-replicas=", "paused-replicas-\n"].map((text) => restore.lastIndexOf(text));
            if (resumed < paused || !/scale deployment --all --replicas [1-9]/.test(restore.slice(paused))) found.push("the guide leaves it standing");
            return found;
        },
    },
    "copies elsewhere": {
        given: { backup_copy_vault_arn: vault },
        problems(platform, name) {
            const found = [];
            const [rule] = of(platform, "backup", "aws_backup_plan").get("rule");
            const [copy] = rule.copy_action ?? [{}];
            if (copy.destination_vault_arn !== vault) found.push("nothing is copied");
            if (!(copy.lifecycle?.[0].delete_after >= lockedDays)) found.push(`the lock of ${lockedDays} days refuses a copy`);
            if (!/^cron\(\d+ \d+ \* \* \? \*\)$/.test(rule.schedule)) found.push("not each day");
            if (rule.target_vault_name !== of(platform, "backup", "aws_backup_vault").get("name")) found.push("another vault");
            const selection = of(platform, "backup", "aws_backup_selection");
            if (selection.get("plan_id") !== of(platform, "backup", "aws_backup_plan").get("id")) found.push("another plan");
            if (selection.get("resources").join() !== of(platform, "database", "aws_db_instance").get("arn")) found.push("not the database");
            const told = of(platform, "backup", "aws_backup_vault_notifications");
            for (const event of ["BACKUP_JOB_FAILED", "COPY_JOB_FAILED"]) if (!told.get("backup_vault_events").includes(event)) found.push(`nobody is told of ${event}`);
            const topic = JSON.parse(of(platform, "watch", "aws_sns_topic_policy", "alarms").get("policy"));
            if (!topic.Statement[0].Principal.Service.includes("backup.amazonaws.com")) found.push("the topic hears no backups");
            // The other account copies an encrypted snapshot: by this key.
            const key = JSON.parse(platform.resource.get("aws_kms_key").get("this").get("policy")).Statement.find((s) => s.Principal.AWS?.includes("444455556666"));
            for (const action of ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey"]) if (!key?.Action.includes(action)) found.push(`the other account may not ${action}`);
            if (of(platform, "database", "aws_db_instance").get("kms_key_id") !== platform.resource.get("aws_kms_key").get("this").get("arn")) found.push("another key, which no other account may use");
            return found;
        },
    },
    "the first way back": {
        problems(platform, name) {
            const found = [];
            const database = of(platform, "database", "aws_db_instance");
            if (!(database.get("backup_retention_period") >= (name === "prod" ? 35 : 1))) found.push(`${database.get("backup_retention_period")} days`);
            if (name !== "dev" && (!database.get("deletion_protection") || database.get("skip_final_snapshot"))) found.push("it goes with a mistake");
            const table = of(platform, "storage", "aws_dynamodb_table", "state");
            if (!table.get("point_in_time_recovery")[0].enabled) found.push("the table has no yesterday");
            if (of(platform, "storage", "aws_s3_bucket_versioning", "files").get("versioning_configuration")[0].status !== "Enabled") found.push("a PDF has no yesterday");
            // The guide's command names the instance, and what is restored goes where the old one was.
            if (name === "prod" && !restore.includes(`old=${database.get("identifier")}\n`)) found.push("the guide restores another");
            return found;
        },
    },
    "an on-sale": {
        given: { state_warm_writes: 20000 },
        problems(platform, name) {
            const found = [];
            const table = of(platform, "storage", "aws_dynamodb_table", "state");
            const [warm] = table.get("warm_throughput");
            if (warm?.write_units_per_second !== 20000 || warm.read_units_per_second !== 60000) found.push("the table is not warm");
            if (table.get("billing_mode") !== "PAY_PER_REQUEST") found.push("the table has a ceiling of its own");
            if (!onSale.includes("`state_warm_writes`") || !onSale.includes(`--table-name ${table.get("name")} `)) found.push("the guide names another");
            if (!/stays as it is: lowered, Terraform would replace the table/.test(onSale)) found.push("the guide lowers it");
            return found;
        },
    },
};

const platformOf = async (name, rule, change, given) =>
    (await environment(name, { change, given: given ?? rule.given })).module.get("platform");

for (const name of environments)
    describe(`environment ${name}`, () => {
        for (const [what, rule] of Object.entries(rules))
            test(what, async () => assert.deepEqual(rule.problems(await platformOf(name, rule), name), []));
    });

const textOf = (file, from, to) => (path, text) => {
    if (!path.endsWith(file)) return text;
    assert.ok(text.includes(from), `${file} no longer says ${from}`);
    return text.replace(from, to);
};

const planted = [
    ["12,000 IOPS of 200 GiB", "storage", /3000 IOPS, not 12000/, "prod", textOf("prod/main.tf", "database_gib = 400", "database_gib = 200")],
    ["another kind of volume", "storage", /0 IOPS/, "staging", textOf("database/main.tf", '"gp3"', '"gp2"')],
    ["a class that does not keep up", "storage", /does not keep up 12000/, "prod", textOf("prod/main.tf", "db.r7g.2xlarge", "db.m7g.large")],
    ["a volume that does not grow", "storage", /does not grow/, "prod", textOf("database/main.tf", "var.storage_gib * 4", "var.storage_gib")],
    ["an alarm above the volume", "storage", /never ends/, "dev", textOf("watch/main.tf", "threshold = 10 * 1024", "threshold = 20 * 1024")],
    ["connection strings that stay", "a restored database", /orders leads to another/, "prod", textOf("platform/main.tf", "database_host = local.database.host", "database_host = module.database.host")],
    ["a workflow store that stays", "a restored database", /workflowstore leads to another/, "prod", textOf("secrets/main.tf", '"host=${var.database_host}",\n    "port=5432",\n    "dbname=workflow"', '"host=elsewhere",\n    "port=5432",\n    "dbname=workflow"')],
    ["figures of the old one", "a restored database", /monitoring leads to another/, "prod", textOf("secrets/main.tf", '"host=${var.database_host}",\n    "port=5432",\n    "dbname=postgres"', '"host=elsewhere",\n    "port=5432",\n    "dbname=postgres"')],
    ["a value that is never written", "a restored database", /workflowstore stays as it was/, "prod", textOf("secrets/main.tf", "aws_secretsmanager_secret.workflowstore.id\n  secret_string_wo_version = var.generation", "aws_secretsmanager_secret.workflowstore.id\n  secret_string_wo_version = 1")],
    ["alarms of the old one", "a restored database", /alarm database\/cpu watches another/, "prod", textOf("platform/main.tf", "database           = local.database.identifier", "database           = module.database.identifier")],
    ["copies of the old one", "a restored database", /another is copied/, "prod", textOf("platform/main.tf", "database_arn    = local.database.arn", "database_arn    = module.database.arn")],
    ["passwords for the old one", "a restored database", /database_host is another's/, "prod", textOf("platform/outputs.tf", "local.database.host", "module.database.host")],
    ["the old one's administrator", "a restored database", /admin_secret_arn is another's/, "prod", textOf("platform/outputs.tf", "local.database.admin_secret_arn", "module.database.admin_secret_arn")],
    ["a variable that no environment passes on", "a restored database", /leads to another/, "staging", textOf("staging/main.tf", "restored_database        = var.restored_database", 'restored_database        = ""')],
    ["a plan that copies nothing", "copies elsewhere", /nothing is copied/, "prod", textOf("backup/main.tf", "destination_vault_arn = var.copy_vault_arn", "destination_vault_arn = aws_backup_vault.this.arn")],
    ["once a week", "copies elsewhere", /not each day/, "prod", textOf("backup/main.tf", "cron(30 7 * * ? *)", "cron(30 7 ? * SUN *)")],
    ["a selection of something else", "copies elsewhere", /not the database/, "prod", textOf("backup/main.tf", "resources    = [var.database_arn]", "resources    = []")],
    ["failures that nobody hears", "copies elsewhere", /told of COPY_JOB_FAILED/, "prod", textOf("backup/main.tf", ', "COPY_JOB_FAILED"', "")],
    ["a topic that backups may not write to", "copies elsewhere", /hears no backups/, "prod", textOf("watch/main.tf", ', "backup.amazonaws.com"', "")],
    ["a key that the other account may not use", "copies elsewhere", /may not kms:CreateGrant/, "prod", textOf("platform/main.tf", '"kms:CreateGrant", ', "")],
    ["a week of yesterdays", "the first way back", /7 days/, "prod", textOf("prod/main.tf", "backup_days          = 35", "backup_days          = 7")],
    ["a database that goes with a mistake", "the first way back", /goes with a mistake/, "prod", textOf("prod/main.tf", "deletion_protection = true", "deletion_protection = false")],
    ["a table without yesterday", "the first way back", /table has no yesterday/, "prod", textOf("storage/main.tf", "point_in_time_recovery {\n    enabled = true", "point_in_time_recovery {\n    enabled = false")],
    ["a variable of the guide that leads nowhere", "an on-sale", /not warm/, "prod", textOf("prod/main.tf", "state_warm_writes        = var.state_warm_writes", "state_warm_writes        = null")],
    ["a table of another name than the guide's", "an on-sale", /guide names another/, "prod", textOf("platform/main.tf", 'source              = "../storage"\n  state_table         = "ticketing-state"', 'source              = "../storage"\n  state_table         = "ticketing-keys"')],
];

describe("planted in an environment", () => {
    for (const [what, rule, says, name, change] of planted)
        test(what, async () => {
            const found = rules[rule].problems(await platformOf(name, rules[rule], change), name);
            assert.ok(found.some((p) => says.test(p)), `said only: ${found.join("; ") || "nothing"}`);
        });

    test("every rule has found a mistake", () => assert.deepEqual(Object.keys(rules).filter((r) => !planted.some(([, rule]) => rule === r)), []));

    // What Terraform itself refuses.
    for (const [what, rule, says, name, given, change] of [
        ["a copy beside the original", "copies elsewhere", /goes with them/, "prod", { backup_copy_vault_arn: "arn:aws:backup:sa-east-1:000000000000:backup-vault:ticketing" }],
        ["a copy in a bucket", "copies elsewhere", /ARN of a vault/, "prod", { backup_copy_vault_arn: "arn:aws:s3:::copies" }],
        ["a copy that the vault's lock refuses", "copies elsewhere", /lock/, "staging", { backup_copy_vault_arn: vault }, textOf("staging/main.tf", "backup_copy_days     = 30", "backup_copy_days     = 7")],
        ["as warm as it is unasked", "an on-sale", /More than DynamoDB's own/, "prod", { state_warm_writes: 4000 }],
    ])
        test(what, async () => {
            const platform = await platformOf(name, rules[rule], change, given);
            assert.throws(() => rules[rule].problems(platform, name), says);
        });
});
