// Words that have not reached the practice yet, kept in this browser as ciphertext and nothing else.
// The key lives in memory alone: a stored key would open what it lies beside. Without IndexedDB or WebCrypto the
// words stand in the page only.
const NAME = "depthwork-unsent";
const STEP = 256; // lengths are hidden up to this many bytes

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function padded(text) {
  const raw = new TextEncoder().encode(text);
  const out = new Uint8Array(Math.ceil((raw.length + 1) / STEP) * STEP);
  out.set(raw);
  out[raw.length] = 0x80;
  return out;
}

function unpadded(raw) {
  return new TextDecoder().decode(raw.subarray(0, raw.lastIndexOf(0x80)));
}

export class Sealed {
  constructor(place, person, key) {
    this.place = `${person}/${place}`;
    this.bound = new TextEncoder().encode(`depthwork/unsent/1/${this.place}`);
    this.ready = this.begin(key).catch(() => false);
  }

  async begin(key) {
    if (!key || !window.indexedDB || !crypto.subtle) return false;
    this.key = await crypto.subtle.importKey("raw", bytesOf(key), "AES-GCM", false, ["encrypt", "decrypt"]);
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("words", { keyPath: "id" }).createIndex("place", "place");
    this.base = await asked(opening);
    return true;
  }

  store(mode) {
    return this.base.transaction("words", mode, { durability: "strict" }).objectStore("words");
  }

  async keep(writer, words) {
    if (!(await this.ready)) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const cipher = { name: "AES-GCM", iv, additionalData: this.bound };
    const blob = await crypto.subtle.encrypt(cipher, this.key, padded(JSON.stringify(words)));
    await asked(this.store("readwrite").put({ id: `${this.place}/${writer}`, place: this.place, writer, iv, blob }));
  }

  // What opens with this key; what does not is another person's or another key's, and is left alone.
  async all() {
    if (!(await this.ready)) return [];
    const found = [];
    for (const row of await asked(this.store("readonly").index("place").getAll(this.place))) {
      try {
        const cipher = { name: "AES-GCM", iv: row.iv, additionalData: this.bound };
        const raw = new Uint8Array(await crypto.subtle.decrypt(cipher, this.key, row.blob));
        found.push({ writer: row.writer, words: JSON.parse(unpadded(raw)) });
      } catch {
        continue;
      }
    }
    return found;
  }

  async drop(writers) {
    if (!(await this.ready)) return;
    const store = this.store("readwrite");
    await Promise.all(writers.map((writer) => asked(store.delete(`${this.place}/${writer}`))));
  }
}
