import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { DenoFs } from "../../src/deno/fs.ts";
import { FsError, type FsErrorCode } from "../../src/ports/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const failsWith = (code: FsErrorCode) => (error: unknown) => {
  ok(error instanceof FsError, String(error));
  strictEqual(error.code, code, error.message);
  return true;
};

/** The real one, and the same through the double that counts: one contract. */
for (
  const [name, fs] of [["DenoFs", new DenoFs()], ["FaultFs", new FaultFs(new DenoFs())]] as const
) {
  const test = (what: string, run: (path: string) => void) =>
    Deno.test(`${name}.${what}`, async () => {
      await using directory = await temporaryDirectory();
      run(directory.path);
    });
  const write = (path: string, text: string, mode = 0o600) => {
    using file = fs.create(path, mode);
    file.write(bytes(text));
    file.sync();
  };
  const read = (path: string) => {
    using file = fs.open(path);
    const buffer = new Uint8Array(100);
    return new TextDecoder().decode(buffer.subarray(0, file.read(buffer)));
  };

  test("lstat() tells what stands there, and nothing when there is nothing", (path) => {
    strictEqual(fs.lstat(`${path}/none`), undefined);
    write(`${path}/file`, "hello");
    Deno.symlinkSync("file", `${path}/link`);
    new Deno.Command("mkfifo", { args: [`${path}/fifo`] }).outputSync();
    deepStrictEqual(
      ["file", "link", "fifo", "."].map((entry) => fs.lstat(`${path}/${entry}`)?.kind),
      ["file", "link", "other", "directory"],
    );
    const info = fs.lstat(`${path}/file`);
    deepStrictEqual([info?.size, info?.mode, info?.nlink], [5, 0o600, 1]);
    throws(() => fs.lstat(`${path}/file/x`), failsWith("not_a_directory"));
  });

  test("readDir() lists sorted by the bytes of the names", (path) => {
    for (const each of ["b", "a", "B", "\u{1f600}", "\uff5e", "a.b"]) write(`${path}/${each}`, "");
    fs.mkdir(`${path}/d`, 0o700);
    const names = fs.readDir(path).map((entry) => entry.name);
    deepStrictEqual(names, ["B", "a", "a.b", "b", "d", "\uff5e", "\u{1f600}"]);
    strictEqual(fs.readDir(path).find((entry) => entry.name === "d")?.kind, "directory");
    throws(() => fs.readDir(`${path}/none`), failsWith("not_found"));
    throws(() => fs.readDir(`${path}/a`), failsWith("not_a_directory"));
  });

  for (const mode of [0o600, 0o644, 0o755, 0o777, 0o400]) {
    test(`create() gives exactly mode ${mode.toString(8)} whatever the umask`, (path) => {
      write(`${path}/file`, "x", mode);
      strictEqual(fs.lstat(`${path}/file`)?.mode, mode);
      fs.mkdir(`${path}/directory`, mode);
      strictEqual(fs.lstat(`${path}/directory`)?.mode, mode);
    });
  }

  test("create() never replaces, and never follows a link", (path) => {
    write(`${path}/file`, "old");
    Deno.symlinkSync("elsewhere", `${path}/dangling`);
    throws(() => fs.create(`${path}/file`, 0o600), failsWith("exists"));
    throws(() => fs.create(`${path}/dangling`, 0o600), failsWith("exists"));
    throws(() => fs.mkdir(`${path}/file`, 0o700), failsWith("exists"));
    throws(() => fs.create(`${path}/none/file`, 0o600), failsWith("not_found"));
    strictEqual(fs.lstat(`${path}/elsewhere`), undefined);
  });

  test("open() refuses links, FIFOs, devices and directories without hanging (#174)", (path) => {
    write(`${path}/file`, "hello");
    Deno.symlinkSync("file", `${path}/link`);
    new Deno.Command("mkfifo", { args: [`${path}/fifo`] }).outputSync();
    strictEqual(read(`${path}/file`), "hello");
    for (const each of [`${path}/link`, `${path}/fifo`, path, "/dev/null"]) {
      throws(() => fs.open(each), failsWith("not_a_file"));
      throws(() => fs.append(each, 0o600), failsWith("not_a_file"));
    }
    throws(() => fs.open(`${path}/none`), failsWith("not_found"));
  });

  test("append() makes a file and adds to one that is there", (path) => {
    for (const text of ["one", "two"]) {
      using file = fs.append(`${path}/file`, 0o640);
      file.write(bytes(text));
    }
    strictEqual(read(`${path}/file`), "onetwo");
    strictEqual(fs.lstat(`${path}/file`)?.mode, 0o640);
  });

  test("rename() replaces files and refuses directories that are not empty", (path) => {
    write(`${path}/a`, "a");
    write(`${path}/b`, "b");
    fs.rename(`${path}/a`, `${path}/b`);
    strictEqual(read(`${path}/b`), "a");
    for (const each of ["d", "e"]) fs.mkdir(`${path}/${each}`, 0o700);
    write(`${path}/e/x`, "");
    throws(() => fs.rename(`${path}/d`, `${path}/e`), failsWith("not_empty"));
    throws(() => fs.rename(`${path}/none`, `${path}/x`), failsWith("not_found"));
    fs.rename(`${path}/e`, `${path}/d`);
    strictEqual(fs.lstat(`${path}/d/x`)?.kind, "file");
  });

  test("remove() and removeTree() never follow links (#175)", (path) => {
    fs.mkdir(`${path}/kept`, 0o700);
    write(`${path}/kept/file`, "");
    fs.mkdir(`${path}/tree`, 0o700);
    fs.mkdir(`${path}/tree/deep`, 0o700);
    write(`${path}/tree/deep/file`, "");
    Deno.symlinkSync("../kept", `${path}/tree/link`);
    Deno.symlinkSync("kept", `${path}/link`);
    throws(() => fs.remove(`${path}/tree`), failsWith("not_empty"));
    fs.removeTree(`${path}/tree`);
    fs.removeTree(`${path}/tree`);
    fs.removeTree(`${path}/link`);
    strictEqual(fs.lstat(`${path}/tree`), undefined);
    strictEqual(fs.lstat(`${path}/kept/file`)?.kind, "file");
    throws(() => fs.remove(`${path}/tree`), failsWith("not_found"));
    fs.remove(`${path}/kept/file`);
    fs.remove(`${path}/kept`);
  });

  test("chmod() sets all bits, and refuses links", (path) => {
    write(`${path}/file`, "");
    Deno.symlinkSync("file", `${path}/link`);
    fs.chmod(`${path}/file`, 0o4755);
    strictEqual(fs.lstat(`${path}/file`)?.mode, 0o4755);
    throws(() => fs.chmod(`${path}/link`, 0o600), failsWith("not_a_file"));
    throws(() => fs.chmod(`${path}/none`, 0o600), failsWith("not_found"));
  });

  test("syncDirectory() takes directories only", (path) => {
    write(`${path}/file`, "");
    fs.syncDirectory(path);
    throws(() => fs.syncDirectory(`${path}/file`), failsWith("not_a_directory"));
    throws(() => fs.syncDirectory(`${path}/none`), failsWith("not_found"));
  });

  test("open().tryLock() is taken by one at a time, and given up with the file (#202)", (path) => {
    using first = fs.append(`${path}/lock`, 0o600);
    strictEqual(first.tryLock(), true);
    {
      using second = fs.append(`${path}/lock`, 0o600);
      strictEqual(second.tryLock(), false);
    }
    first.close();
    first.close();
    using third = fs.open(`${path}/lock`);
    strictEqual(third.tryLock(), true);
    strictEqual(third.stat().kind, "file");
  });
}

Deno.test("DenoFs tells a full disk from others", () => {
  using file = Deno.openSync("/dev/full", { write: true });
  throws(() => file.writeSync(bytes("x")));
  throws(() => new DenoFs().lstat(`/${"x".repeat(300)}`), failsWith("io"));
  throws(() => new DenoFs().create("/a\0b", 0o600), failsWith("io"));
});

Deno.test({
  name: "DenoFs tells Deno's refusal by its code",
  permissions: { read: false, write: false },
  fn() {
    const fs = new DenoFs();
    for (
      const act of [
        () => fs.lstat("/etc"),
        () => fs.readDir("/etc"),
        () => fs.open("/etc/passwd"),
        () => fs.create("/tmp/x", 0o600),
        () => fs.mkdir("/tmp/x", 0o700),
        () => fs.rename("/tmp/x", "/tmp/y"),
        () => fs.remove("/tmp/x"),
        () => fs.removeTree("/tmp/x"),
      ]
    ) throws(act, failsWith("permission"));
  },
});

Deno.test("DenoFs.rename() tells that the target is on another file system", async () => {
  await using directory = await temporaryDirectory();
  Deno.writeTextFileSync(`${directory.path}/file`, "");
  const devices = ["/tmp", "/dev/shm"].map((path) => Deno.statSync(path).dev);
  if (devices[0] === devices[1]) return;
  throws(
    () => new DenoFs().rename(`${directory.path}/file`, "/dev/shm/machinist-test-file"),
    failsWith("cross_device"),
  );
});
