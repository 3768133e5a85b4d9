// Counts what the page's scripts hold on to in the browser: listeners that were added and not removed, message ports
// that were opened and not closed, timers that wait. A classic script, so that it runs before every module.
"use strict";

(() => {
  const listeners = new Map();
  const ports = new WeakSet();
  const timers = new Set();
  let openPorts = 0;

  /** What is listened to at each target: dropped with the target, while the numbers above stay. */
  const known = new WeakMap();
  const { addEventListener, removeEventListener } = EventTarget.prototype;

  /** Names one registration as the browser does: by type, callback and phase. */
  function registrationsOf(target, type, options) {
    if (!known.has(target)) known.set(target, new Map());
    const phase = `${type} ${Boolean(typeof options === "object" ? options?.capture : options)}`;
    const all = known.get(target);
    if (!all.has(phase)) all.set(phase, new Set());
    return all.get(phase);
  }

  function count(target, type, by) {
    const name = `${target?.constructor?.name ?? "Window"} ${type}`;
    listeners.set(name, (listeners.get(name) ?? 0) + by);
  }

  EventTarget.prototype.addEventListener = function (type, callback, options) {
    const target = this ?? window;
    // Those that the browser itself takes off are not followed.
    if (callback && !options?.once && !options?.signal) {
      const registered = registrationsOf(target, type, options);
      if (!registered.has(callback)) count(target, type, 1);
      registered.add(callback);
    }
    return addEventListener.call(target, type, callback, options);
  };

  EventTarget.prototype.removeEventListener = function (type, callback, options) {
    const target = this ?? window;
    if (registrationsOf(target, type, options).delete(callback)) count(target, type, -1);
    return removeEventListener.call(target, type, callback, options);
  };

  const { start, close } = MessagePort.prototype;

  // A started port lives until one of its ends is closed, whoever still knows it.
  MessagePort.prototype.start = function () {
    if (!ports.has(this)) openPorts += 1;
    ports.add(this);
    return start.call(this);
  };

  MessagePort.prototype.close = function () {
    if (ports.delete(this)) openPorts -= 1;
    return close.call(this);
  };

  const { setTimeout, clearTimeout } = window;

  window.setTimeout = (callback, ms, ...values) => {
    const id = setTimeout(() => {
      timers.delete(id);
      callback(...values);
    }, ms);
    timers.add(id);
    return id;
  };

  window.clearTimeout = (id) => {
    timers.delete(id);
    clearTimeout(id);
  };

  /** What is held now. Listeners by class and event, those of which there are none left out. */
  window.held = () => ({
    listeners: Object.fromEntries([...listeners].filter(([, number]) => number !== 0).sort()),
    openPorts,
    timers: timers.size,
    elements: document.getElementsByTagName("*").length,
    frames: window.length,
  });
})();
