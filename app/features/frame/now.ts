import { useEffect, useState } from 'react';

/** The time for "Today" and "Yesterday": moves once a minute, on the minute. */
export function useNow(): number {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), 60_000 - (nowMs % 60_000) + 50);
    return () => clearTimeout(timer);
  }, [nowMs]);
  return nowMs;
}

/** Whole seconds until `atMs`, never below zero. */
export function useSecondsUntil(atMs: number | undefined): number | undefined {
  const [nowMs, setNow] = useState(() => Date.now());
  const isOver = atMs === undefined || nowMs >= atMs;
  useEffect(() => {
    setNow(Date.now());
    if (atMs === undefined || isOver) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [atMs, isOver]);
  return atMs === undefined ? undefined : Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}
