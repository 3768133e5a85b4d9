//! Which steps a verb runs, and which of them may start now. Pure: no process, no clock.

/// What a step asks of the machine while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Waits for the network or a single core for a moment; any number at once.
    Light,
    /// Compiles; as many at once as share the cores well.
    Heavy,
    /// Drives browsers or servers, several side by side, so that the cores are busy with it; a compiler beside it
    /// would make its deadlines pass. Runs with nothing beside it.
    Alone,
}

/// The part of a step that decides when it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) name: &'static str,
    pub(crate) needs: &'static [&'static str],
    pub(crate) lane: Lane,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Running,
    Done,
    Failed,
    /// Never ran, because something it needs failed.
    Dropped,
}

/// Heavy steps at once. Two keep two cores busy while one of them downloads or links.
const HEAVY_AT_ONCE: usize = 2;

/// The wanted nodes and all they need, in the order of `all`.
pub(crate) fn closure(all: &[Node], wanted: &[&str]) -> Vec<Node> {
    let mut names: Vec<&str> = wanted.to_vec();
    let mut at = 0;
    while at < names.len() {
        if let Some(node) = all.iter().find(|node| node.name == names[at]) {
            for need in node.needs {
                if !names.contains(need) {
                    names.push(need);
                }
            }
        }
        at += 1;
    }
    all.iter()
        .filter(|node| names.contains(&node.name))
        .copied()
        .collect()
}

/// The nodes to start now, first come first. Nodes outside of `nodes` count as done.
pub(crate) fn startable(nodes: &[Node], states: &[State]) -> Vec<usize> {
    let mut heavy = 0;
    let mut running = 0;
    for (node, state) in nodes.iter().zip(states) {
        if *state == State::Running {
            if node.lane == Lane::Alone {
                return Vec::new();
            }
            running += 1;
            heavy += usize::from(node.lane == Lane::Heavy);
        }
    }
    let mut chosen = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        if states[index] != State::Waiting || !needs_are(nodes, states, node, State::Done) {
            continue;
        }
        match node.lane {
            Lane::Light => chosen.push(index),
            Lane::Heavy if heavy < HEAVY_AT_ONCE => {
                heavy += 1;
                chosen.push(index);
            }
            Lane::Heavy => {}
            Lane::Alone if running == 0 && chosen.is_empty() => return vec![index],
            Lane::Alone => {}
        }
    }
    chosen
}

/// The waiting nodes that can never run, because something they need failed or was dropped.
pub(crate) fn hopeless(nodes: &[Node], states: &[State]) -> Vec<usize> {
    let lost = |node: &Node| {
        node.needs.iter().any(|need| {
            nodes
                .iter()
                .position(|other| other.name == *need)
                .is_some_and(|at| matches!(states[at], State::Failed | State::Dropped))
        })
    };
    (0..nodes.len())
        .filter(|&index| states[index] == State::Waiting && lost(&nodes[index]))
        .collect()
}

fn needs_are(nodes: &[Node], states: &[State], node: &Node, wanted: State) -> bool {
    node.needs.iter().all(|need| {
        nodes
            .iter()
            .position(|other| other.name == *need)
            .is_none_or(|at| states[at] == wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Node] = &[
        Node {
            name: "packages",
            needs: &[],
            lane: Lane::Light,
        },
        Node {
            name: "std",
            needs: &["packages"],
            lane: Lane::Heavy,
        },
        Node {
            name: "bindgen",
            needs: &[],
            lane: Lane::Heavy,
        },
        Node {
            name: "pack",
            needs: &[],
            lane: Lane::Heavy,
        },
        Node {
            name: "build",
            needs: &["std", "bindgen"],
            lane: Lane::Heavy,
        },
        Node {
            name: "web",
            needs: &["build", "pack"],
            lane: Lane::Alone,
        },
        Node {
            name: "e2e",
            needs: &["build"],
            lane: Lane::Alone,
        },
    ];

    fn names(indices: &[usize]) -> Vec<&'static str> {
        indices.iter().map(|&index| ALL[index].name).collect()
    }

    #[test]
    fn closure_takes_needs_of_needs_and_keeps_the_order() {
        let chosen: Vec<&str> = closure(ALL, &["build"])
            .iter()
            .map(|node| node.name)
            .collect();
        assert_eq!(chosen, ["packages", "std", "bindgen", "build"]);
    }

    #[test]
    fn heavy_steps_share_two_places_and_light_ones_do_not_count() {
        let states = [State::Waiting; 7];
        assert_eq!(
            names(&startable(ALL, &states)),
            ["packages", "bindgen", "pack"]
        );
    }

    #[test]
    fn a_step_waits_for_all_it_needs() {
        use State::{Done, Running, Waiting};
        let states = [Done, Done, Running, Done, Waiting, Waiting, Waiting];
        assert!(startable(ALL, &states).is_empty());
    }

    #[test]
    fn a_step_alone_waits_until_nothing_runs_and_then_blocks_the_rest() {
        use State::{Done, Running, Waiting};
        let while_packing = [Done, Done, Done, Running, Done, Waiting, Waiting];
        assert!(startable(ALL, &while_packing).is_empty());
        let quiet = [Done, Done, Done, Done, Done, Waiting, Waiting];
        assert_eq!(names(&startable(ALL, &quiet)), ["web"]);
        let web_runs = [Done, Done, Done, Done, Done, Running, Waiting];
        assert!(startable(ALL, &web_runs).is_empty());
    }

    #[test]
    fn a_failure_drops_its_dependents_and_nobody_else() {
        use State::{Done, Failed, Waiting};
        let states = [Done, Failed, Done, Waiting, Waiting, Waiting, Waiting];
        assert_eq!(names(&hopeless(ALL, &states)), ["build"]);
        let dropped = [
            Done,
            Failed,
            Done,
            Waiting,
            State::Dropped,
            Waiting,
            Waiting,
        ];
        assert_eq!(names(&hopeless(ALL, &dropped)), ["web", "e2e"]);
        assert_eq!(names(&startable(ALL, &dropped)), ["pack"]);
    }
}
