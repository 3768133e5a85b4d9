// A worker script that cannot be evaluated.
throw new Error("on purpose");
