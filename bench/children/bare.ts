// Deno with nothing to do.
setInterval(() => {}, 1 << 30);
console.log("ready");
