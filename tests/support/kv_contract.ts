import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { type Kv, KvError, type KvErrorCode, type KvResult } from "../../src/ports/kv.ts";

/** One store under test, with what only its own kind knows how to do. */
export interface KvFixture extends AsyncDisposable {
  /** The store, empty. */
  readonly kv: Kv;
  /** Another client of the same store, where there can be one. */
  readonly second?: Kv;
  /** Removes a bucket with everything in it. */
  removeBucket(name: string): Promise<void>;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (result: KvResult) =>
  result.kind === "value" ? new TextDecoder().decode(result.value) : result.kind;

/** Fails with this code. */
export function failsWith(code: KvErrorCode): (error: unknown) => boolean {
  return (error) => {
    ok(error instanceof KvError, String(error));
    strictEqual(error.code, code, error.message);
    return true;
  };
}

/** Registers the tests that every store passes: `name` is the class under test. */
export function testKvContract(name: string, open: () => Promise<KvFixture>): void {
  const test = (what: string, run: (fixture: KvFixture) => Promise<void>) =>
    Deno.test(`${name} ${what}`, async () => {
      await using fixture = await open();
      await run(fixture);
    });

  test("get() is absent when there is no bucket", async ({ kv }) => {
    deepStrictEqual(await kv.bucket("B").get("k"), { kind: "absent", why: "no_bucket" });
    deepStrictEqual(await kv.bucket("B").get("k", { newerThan: 3 }), {
      kind: "absent",
      why: "no_bucket",
    });
  });

  test("get() is absent when there is no key", async ({ kv }) => {
    await kv.createBucket("B");
    deepStrictEqual(await kv.bucket("B").get("k"), { kind: "absent", why: "no_key" });
  });

  test("put() gives rising revisions and get() the newest value", async ({ kv }) => {
    await kv.createBucket("B");
    const bucket = kv.bucket("B");
    strictEqual(await bucket.put("k", bytes("one")), 1);
    strictEqual(await bucket.put("other", bytes("x")), 2);
    strictEqual(await bucket.put("k", bytes("two")), 3);
    const result = await bucket.get("k");
    strictEqual(text(result), "two");
    strictEqual(result.revision, 3);
  });

  test("get() is unchanged when nothing newer is there", async ({ kv }) => {
    await kv.createBucket("B");
    const bucket = kv.bucket("B");
    const revision = await bucket.put("k", bytes("one"));
    for (let i = 0; i < 3; i++) {
      deepStrictEqual(await bucket.get("k", { newerThan: revision }), {
        kind: "unchanged",
        revision,
      });
    }
    await bucket.put("k", bytes("two"));
    strictEqual(text(await bucket.get("k", { newerThan: revision })), "two");
    strictEqual(text(await bucket.get("k", { newerThan: 0 })), "two");
  });

  test("get() tells a deleted key from one that never was", async ({ kv }) => {
    await kv.createBucket("B");
    const bucket = kv.bucket("B");
    await bucket.put("k", bytes("one"));
    await bucket.delete("k");
    const deleted = { kind: "absent", why: "deleted", revision: 2 };
    deepStrictEqual(await bucket.get("k"), deleted);
    deepStrictEqual(await bucket.get("k", { newerThan: 1 }), deleted);
    await bucket.put("k", bytes("again"));
    strictEqual(text(await bucket.get("k", { newerThan: 2 })), "again");
  });

  test("get() gives older revisions when they are kept", async ({ kv }) => {
    await kv.createBucket("B", { history: 2 });
    const bucket = kv.bucket("B");
    for (const value of ["one", "two", "three"]) await bucket.put("k", bytes(value));
    strictEqual(text(await bucket.get("k", { revision: 2 })), "two");
    deepStrictEqual(await bucket.get("k", { revision: 1 }), { kind: "absent", why: "no_key" });
    deepStrictEqual(await bucket.get("k", { revision: 9 }), { kind: "absent", why: "no_key" });
  });

  test("history() lists kept revisions, delete markers too, oldest first", async ({ kv }) => {
    await kv.createBucket("B", { history: 3 });
    const bucket = kv.bucket("B");
    for (const value of ["one", "two", "three"]) await bucket.put("k", bytes(value));
    await bucket.put("other", bytes("x"));
    await bucket.delete("k");
    const history = await bucket.history("k");
    deepStrictEqual(history.map((each) => each.revision), [2, 3, 5]);
    deepStrictEqual(
      history.map((each) => each.value && new TextDecoder().decode(each.value)),
      [
        "two",
        "three",
        undefined,
      ],
    );
    deepStrictEqual(await bucket.history("never"), []);
  });

  test("put() fails with conflict when another revision is newest", async ({ kv }) => {
    await kv.createBucket("B");
    const bucket = kv.bucket("B");
    const first = await bucket.put("k", bytes("one"), { previousRevision: 0 });
    await rejects(bucket.put("k", bytes("x"), { previousRevision: 0 }), failsWith("conflict"));
    const second = await bucket.put("k", bytes("two"), { previousRevision: first });
    await rejects(bucket.put("k", bytes("x"), { previousRevision: first }), failsWith("conflict"));
    await rejects(bucket.put("k", bytes("x"), { previousRevision: 99 }), failsWith("conflict"));
    await bucket.delete("k");
    await rejects(bucket.put("k", bytes("x"), { previousRevision: second }), failsWith("conflict"));
    strictEqual(await bucket.put("k", bytes("new"), { previousRevision: 0 }), 4);
  });

  test("put() lets one of many win when all expect the same revision", async ({ kv, second }) => {
    await kv.createBucket("B");
    const stores = [kv, second ?? kv];
    const puts = Array.from({ length: 8 }, (_, i) => {
      const store = stores[i % 2] ?? kv;
      return store.bucket("B").put("k", bytes(`${i}`), { previousRevision: 0 });
    });
    const done = await Promise.allSettled(puts);
    strictEqual(done.filter((each) => each.status === "fulfilled").length, 1);
    for (const each of done) if (each.status === "rejected") failsWith("conflict")(each.reason);
  });

  test("put() keeps any bytes and many kinds of keys", async ({ kv }) => {
    await kv.createBucket("B");
    const bucket = kv.bucket("B");
    const value = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (const key of ["machines", "a/b/c", "a.b", "x=1", "-_", "A", "a"]) {
      await bucket.put(key, value);
      const result = await bucket.get(key);
      deepStrictEqual(result.kind === "value" && [...result.value], [...value], key);
    }
    await bucket.put("empty", new Uint8Array());
    strictEqual(text(await bucket.get("empty")), "");
  });

  for (const key of ["", " ", "a b", ".a", "a.", "a..b", "*", ">", "a/\u00e9", "../x", "a\0b"]) {
    test(`get() fails with bad_key when the key is ${JSON.stringify(key)}`, async ({ kv }) => {
      await kv.createBucket("B");
      await rejects(kv.bucket("B").get(key), failsWith("bad_key"));
      await rejects(kv.bucket("B").put(key, bytes("x")), failsWith("bad_key"));
    });
  }

  test("put() fails with no_bucket when there is none", async ({ kv }) => {
    await rejects(kv.bucket("B").put("k", bytes("x")), failsWith("no_bucket"));
    await rejects(kv.bucket("B").delete("k"), failsWith("no_bucket"));
    await rejects(kv.bucket("B").history("k"), failsWith("no_bucket"));
  });

  test("put() fails with too_large when the value is above the limit", async ({ kv }) => {
    await kv.createBucket("B");
    const value = new Uint8Array(2 * 1024 * 1024);
    await rejects(kv.bucket("B").put("k", value), failsWith("too_large"));
  });

  test("createBucket() leaves a bucket as it is when there is one", async ({ kv }) => {
    const made = await kv.createBucket("B", { history: 5 });
    deepStrictEqual([made.name, made.created, made.history], ["B", true, 5]);
    await kv.bucket("B").put("k", bytes("one"));
    const again = await kv.createBucket("B", { history: 3 });
    deepStrictEqual([again.created, again.history, again.direct], [false, 5, true]);
    strictEqual(text(await kv.bucket("B").get("k")), "one");
    await rejects(kv.createBucket("no bucket"), failsWith("bad_key"));
  });

  test("get() starts anew when a bucket was removed and made again (#190)", async (fixture) => {
    const { kv } = fixture;
    await kv.createBucket("B");
    const bucket = kv.bucket("B");
    for (let i = 0; i < 5; i++) await bucket.put("k", bytes(`old ${i}`));
    strictEqual(text(await bucket.get("k")), "old 4");
    await fixture.removeBucket("B");
    deepStrictEqual(await bucket.get("k"), { kind: "absent", why: "no_bucket" });
    await kv.createBucket("B");
    await bucket.put("k", bytes("new"));
    strictEqual(text(await bucket.get("k")), "new");
  });

  test("changes() wakes at once, and after each change", async ({ kv, second }) => {
    await kv.createBucket("B");
    const controller = new AbortController();
    const changes = kv.bucket("B").changes("k", { signal: controller.signal });
    const iterator = changes[Symbol.asyncIterator]();
    strictEqual((await iterator.next()).done, false);
    const other = (second ?? kv).bucket("B");
    for (let i = 0; i < 3; i++) {
      const { woken } = await quiet(iterator);
      await (i < 2 ? other.put("k", bytes(`${i}`)) : other.delete("k"));
      strictEqual((await woken).done, false);
    }
    const { woken } = await quiet(iterator);
    controller.abort();
    strictEqual((await woken).done, true);
  });

  test("changes() wakes when a bucket appears, and after it was made anew", async (fixture) => {
    const { kv } = fixture;
    const controller = new AbortController();
    const bucket = kv.bucket("B");
    const seen: string[] = [];
    for await (const _ of bucket.changes("k", { signal: controller.signal })) {
      const found = text(await bucket.get("k"));
      if (found === seen.at(-1)) continue;
      seen.push(found);
      if (seen.length === 1) await kv.createBucket("B");
      if (seen.length === 1) await bucket.put("k", bytes("one"));
      if (found === "one") {
        await fixture.removeBucket("B");
        await kv.createBucket("B");
        await bucket.put("k", bytes("two"));
      }
      if (found === "two") controller.abort();
    }
    deepStrictEqual([seen[0], seen.at(-1)], ["absent", "two"]);
  });

  test("changes() ends quietly when it is aborted before and between", async ({ kv }) => {
    const aborted = kv.bucket("B").changes("k", { signal: AbortSignal.abort() });
    for await (const _ of aborted) throw new Error("woken");
    const controller = new AbortController();
    let woken = 0;
    for await (const _ of kv.bucket("B").changes("k", { signal: controller.signal })) {
      woken++;
      queueMicrotask(() => controller.abort());
    }
    strictEqual(woken, 1);
  });

  test("get() rejects with the reason when it is aborted already", async ({ kv }) => {
    const reason = new Error("enough");
    await rejects(
      kv.bucket("B").get("k", { signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
  });

  test("dispose closes the store, and twice is fine", async ({ kv }) => {
    await kv.createBucket("B");
    await kv[Symbol.asyncDispose]();
    await kv[Symbol.asyncDispose]();
    await rejects(kv.bucket("B").get("k"), failsWith("closed"));
    await rejects(kv.bucket("B").put("k", bytes("x")), failsWith("closed"));
    await rejects(kv.createBucket("C"), failsWith("closed"));
    const controller = new AbortController();
    queueMicrotask(() => controller.abort());
    for await (const _ of kv.bucket("B").changes("k", { signal: controller.signal })) {
      // At most the first one.
    }
  });
}

/** The next wake-up, asked for when those that were there already have been taken. */
async function quiet(
  iterator: AsyncIterator<void>,
): Promise<{ woken: Promise<IteratorResult<void>> }> {
  for (;;) {
    const woken = iterator.next();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const still = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(true), 50));
    const pending = await Promise.race([still, woken.then(() => false)]);
    clearTimeout(timer);
    if (pending) return { woken };
  }
}
