// The chart's manifests, of every file of values, against the published models of Kubernetes and of the operators that it needs:
// types, required fields, enumerations, formats; and no field that a model does not know. Dapr's kinds: tests/Charts.Tests.
// usage: node charts/checks/schemas.mjs HELM NODE-FOLDER
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [helm, folder] = process.argv.slice(2);
const packages = resolve(folder, "node_modules");
const { parseAllDocuments } = createRequire(join(packages, "x.js"))("yaml");

const chart = "charts/ticketing";
const operators = {
    "keda.sh": "@kubernetes-models/keda",
    "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
    "external-secrets.io": "@kubernetes-models/external-secrets",
    "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
};

const values = [
    ...readdirSync(chart).filter((f) => f.startsWith("values-")),
    ...readdirSync(`${chart}/ci`).map((f) => `ci/${f}`),
].map((f) => `${chart}/${f}`);

const documents = (text) =>
    parseAllDocuments(text)
        .map((d) => d.toJS())
        .filter((d) => d && !d.apiVersion.startsWith("dapr.io/"));
const rendered = (file) =>
    execFileSync(helm, ["template", "ticketing", chart, "--namespace", "ticketing", "--kube-version", "1.35.0", "--values", file], {
        encoding: "utf8",
        maxBuffer: 1 << 26,
        stdio: ["ignore", "pipe", "ignore"],
    });

// A model's check is compiled code: what it never looks at, it does not know.
function watched(data, path, unseen) {
    if (data === null || typeof data !== "object") return data;
    const children = Array.isArray(data) ? [] : {};
    for (const [key, value] of Object.entries(data)) {
        if (!Array.isArray(data)) unseen.add(`${path}/${key}`);
        children[key] = watched(value, `${path}/${key}`, unseen);
    }
    return new Proxy(children, {
        get(target, key) {
            unseen.delete(`${path}/${String(key)}`);
            return target[key];
        },
    });
}

const checks = new Map();
async function checkOf({ apiVersion, kind }) {
    const id = `${apiVersion}/${kind}`;
    if (!checks.has(id)) {
        const model = join(packages, operators[apiVersion.split("/")[0]] ?? "kubernetes-models");
        const source = join(model, apiVersion, `${kind}.js`);
        const schema = existsSync(source) && /_schemas\/(\w+)\.js/.exec(readFileSync(source, "utf8"))?.[1];
        checks.set(id, schema ? (await import(pathToFileURL(join(model, "_schemas", `${schema}.js`)))).validate : null);
    }
    return checks.get(id);
}

async function faultsOf(manifest) {
    const name = `${manifest.kind} ${manifest.metadata?.name}`;
    const check = await checkOf(manifest);
    if (!check) return [`${name}: there is no model of ${manifest.apiVersion}`];
    const unseen = new Set();
    const valid = check(watched(manifest, "", unseen));
    const faults = valid ? [] : check.errors.map((e) => `${name}: ${e.instancePath} ${e.keyword} ${JSON.stringify(e.params)}`);
    // A field of that name is lost when a model is made.
    unseen.delete("/description");
    // Of an unknown object only the name.
    for (const path of unseen) if (![...unseen].some((p) => path.startsWith(`${p}/`))) faults.push(`${name}: ${path} is not known`);
    return faults;
}

const faults = [];
const seen = new Map();
let count = 0;
const check = async (file, manifests) => {
    for (const manifest of manifests) {
        count++;
        seen.set(manifest.kind, manifest);
        faults.push(...(await faultsOf(manifest)).map((f) => `${file}: ${f}`));
    }
};
for (const file of values) await check(file, documents(rendered(file)));
await check("infra/cluster/bootstrap.yaml", documents(readFileSync("infra/cluster/bootstrap.yaml", "utf8")));

// A check that finds none of these proves nothing.
const mistakes = [
    ["ScaledObject", "text for a number", (m) => (m.spec.minReplicaCount = "2")],
    ["ScaledObject", "no target", (m) => delete m.spec.scaleTargetRef],
    ["ScaledObject", "a misspelt field", (m) => (m.spec.maxReplicas = 3)],
    ["ScaledObject", "a trigger without a type", (m) => delete m.spec.triggers[0].type],
    ["TriggerAuthentication", "a provider that is none", (m) => (m.spec.podIdentity.provider = "amazon")],
    ["HTTPRoute", "a match of no kind", (m) => (m.spec.rules[0].matches[0].path.type = "Prefix")],
    ["HTTPRoute", "a port out of range", (m) => (m.spec.rules[0].backendRefs[0].port = 80800)],
    ["HTTPRoute", "a misspelt field", (m) => (m.spec.parentRef = m.spec.parentRefs)],
    ["ExternalSecret", "a policy that is none", (m) => (m.spec.target.creationPolicy = "Keep")],
    ["ExternalSecret", "a reference without a key", (m) => delete m.spec.data[0].remoteRef.key],
    ["ExternalSecret", "a misspelt field", (m) => (m.spec.secretStore = m.spec.secretStoreRef)],
    ["ClusterSecretStore", "a service that is none", (m) => (m.spec.provider.aws.service = "Secrets")],
    ["Deployment", "no selector", (m) => delete m.spec.selector],
    ["Deployment", "a quantity that is none", (m) => (m.spec.template.spec.containers[0].resources.requests.cpu = "a lot")],
    ["Deployment", "a misspelt field deep inside", (m) => (m.spec.template.spec.containers[0].readinessProbe.httpGet.paht = "/")],
    ["NetworkPolicy", "a list for a selector", (m) => (m.spec.podSelector = [])],
    ["PodDisruptionBudget", "a list for a number", (m) => (m.spec.maxUnavailable = [1])],
    ["HorizontalPodAutoscaler", "no limit", (m) => delete m.spec.maxReplicas],
    ["Ingress", "a path of no type", (m) => delete m.spec.rules[0].http.paths[0].pathType],
    ["Job", "no pod", (m) => delete m.spec.template],
    ["ServiceMonitor", "no endpoints", (m) => delete m.spec.endpoints],
    ["PodMonitor", "a misspelt field", (m) => (m.spec.podMetricsEndpoint = [])],
    ["PrometheusRule", "a rule without an expression", (m) => delete m.spec.groups[0].rules[0].expr],
];
for (const [kind, what, plant] of mistakes) {
    if (!seen.has(kind)) {
        faults.push(`no values make a ${kind}`);
        continue;
    }
    const manifest = structuredClone(seen.get(kind));
    plant(manifest);
    if ((await faultsOf(manifest)).length === 0) faults.push(`not found: ${what} in a ${kind}`);
}

faults.forEach((f) => console.log(f));
console.log(`${count} manifests of ${seen.size} kinds, ${mistakes.length} planted mistakes, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
