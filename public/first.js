// What runs before the first paint, in a file because the CSP allows no inline script.

// A chosen theme never flashes the other one.
try {
  const theme = localStorage.getItem('chatter.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is denied: the system's theme it is.
}

// The browser reads its databases from the disk when the first of them is asked for: now, while the app's own files are read.
// The answer is not used. Where there are none, or they fail, the app meets the same when it opens its own, and says so.
try {
  indexedDB.databases().catch(() => undefined);
} catch {
  // No such call here: the first to open one wakes them.
}
