//! Futures that run by themselves, each step in a microtask of its own.
//!
//! Not by `spawn_local`: that runs all tasks of a page in one closure, which must not be entered
//! again. Firefox lets other things happen while `window.open` or `alert` of a host's runs inside
//! a step; the closure is then entered again, throws, and no task of the page is run any more.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use js_sys::Promise;
use wasm_bindgen::JsValue;

use crate::browser::js;

type Work = Pin<Box<dyn Future<Output = ()>>>;

struct Task {
    number: u32,
    /// Taken out while a step of it runs.
    work: Option<Work>,
    /// Woken while a step of it ran.
    again: bool,
}

thread_local! {
    static TASKS: RefCell<(u32, Vec<Task>)> = const { RefCell::new((0, Vec::new())) };
}

thread_local! {
    /// The tasks to make a step of, in order.
    static DUE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// Makes the next step that is due; one function for all.
    static NEXT: JsValue = js::callback(|_| {
        let next = DUE.with_borrow_mut(|due| (!due.is_empty()).then(|| due.remove(0)));
        if let Some(number) = next {
            step(number);
        }
    })
    .into_js_value();
}

/// What wakes a task: its number, since a waker may be sent to any thread and a future may not.
struct Number(u32);

impl Wake for Number {
    fn wake(self: Arc<Self>) {
        DUE.with_borrow_mut(|due| due.push(self.0));
        let now = Promise::resolve(&JsValue::UNDEFINED);
        NEXT.with(|next| js::call(&now, "then", &[next]));
    }
}

/// Starts a task; its first step comes after what runs now.
#[inline(never)]
pub(crate) fn start(work: Work) {
    let number = TASKS.with_borrow_mut(|(last, tasks)| {
        *last = last.wrapping_add(1);
        tasks.push(Task {
            number: *last,
            work: Some(work),
            again: false,
        });
        *last
    });
    Arc::new(Number(number)).wake();
}

/// Does something with a task that has not ended.
fn with<T>(number: u32, work: impl FnOnce(&mut Task) -> T) -> Option<T> {
    TASKS.with_borrow_mut(|(_, tasks)| {
        let task = tasks.iter_mut().find(|task| task.number == number)?;
        Some(work(task))
    })
}

fn step(number: u32) {
    let taken = with(number, |task| {
        let work = task.work.take();
        task.again = work.is_none();
        work
    });
    let Some(Some(mut work)) = taken else { return };
    let waker = Waker::from(Arc::new(Number(number)));
    if work.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Ready(()) {
        TASKS.with_borrow_mut(|(_, tasks)| tasks.retain(|task| task.number != number));
        return;
    }
    let again = with(number, |task| {
        task.work = Some(work);
        task.again
    });
    if again == Some(true) {
        waker.wake();
    }
}
