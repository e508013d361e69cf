// Loaded into the launched program: when the launcher is gone, even by SIGKILL, the program drains and stops.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
