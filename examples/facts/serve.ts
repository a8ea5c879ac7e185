/** Serves the files of the current directory on loopback: `deno run ... serve.ts PORT`. Any web server will do. */
const port = Number(Deno.args[0] ?? 8080);

Deno.serve({ hostname: "127.0.0.1", port }, async (request) => {
  const name = new URL(request.url).pathname.slice(1);
  if (!/^[\w.-]+\.tgz$/.test(name)) return new Response("not found\n", { status: 404 });
  try {
    const file = await Deno.open(name);
    const { size } = await file.stat();
    return new Response(file.readable, { headers: { "content-length": String(size) } });
  } catch {
    return new Response("not found\n", { status: 404 });
  }
});
