//! What the person sees of the messages: it decides what is read, what is asked for, and what may be forgotten.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, HtmlElement};

use crate::connection::Connection;
use crate::listen;
use crate::model::timeline::{Gap, Look, Side, Timeline};

/// How near to the end, in pixels, is at the end.
const NEAR: i32 = 48;
/// How far outside of what is seen, in pixels, a gap is filled: before one comes to it.
const AHEAD: f64 = 1_200.0;

/// Where the person looks.
#[derive(Clone, Copy)]
pub(super) struct Sight {
    connection: Connection,
    room: Memo<String>,
    scroller: NodeRef<Div>,
    way: RwSignal<Option<Way>>,
    /// The room was just opened, and isn't yet where it is to begin.
    begins: StoredValue<bool>,
    /// The line for new messages that has been in sight, by the message below it.
    line_seen: StoredValue<Option<u64>>,
    /// Where a message is that mustn't move while the rows change; `None` at the end, and while they don't.
    held: StoredValue<Option<Look>>,
    looks_soon: StoredValue<bool>,
}

/// Where there is something to see that isn't in sight.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    to: To,
    /// How many messages are new there.
    pub(super) new: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    /// The line for new messages, further up.
    LineAbove,
    /// The same, further down.
    LineBelow,
    End,
}

impl Way {
    pub(super) fn is_up(self) -> bool {
        self.to == To::LineAbove
    }
}

impl Sight {
    pub(super) fn new(connection: Connection, room: Memo<String>, scroller: NodeRef<Div>) -> Self {
        let sight = Self {
            connection,
            room,
            scroller,
            way: RwSignal::new(None),
            begins: StoredValue::new(true),
            line_seen: StoredValue::new(None),
            held: StoredValue::new(None),
            looks_soon: StoredValue::new(false),
        };
        Effect::new(move || {
            room.track();
            sight.scroll_to_end();
            sight.begins.set_value(true);
            sight.line_seen.set_value(None);
        });
        // What one has said is seen.
        Effect::new(move |before: Option<()>| {
            connection.track_said();
            if before.is_some() {
                sight.to_end();
            }
        });
        // What came may be in sight, and what was read elsewhere is new no more.
        Effect::new(move || {
            connection.rows().track();
            connection.with_rooms(|_| ());
            sight.look_soon();
            // When they are there, and before anybody sees them.
            spawn_local(async move { sight.let_go() });
        });
        connection.rows().before_changes(Callback::new(move |()| sight.hold()));
        listen::to(&document(), leptos::ev::visibilitychange, move |_| match document().hidden() {
            true => connection.look_away(),
            false => sight.look_soon(),
        });
        sight
    }

    /// Where to go from here, if not all is in sight.
    pub(super) fn way(self) -> Option<Way> {
        self.way.get()
    }

    /// Goes there: to the new messages first, and only then to the end.
    pub(super) fn go(self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        match (self.way.get_untracked().map(|way| way.to), line(&scroller)) {
            (Some(To::LineAbove | To::LineBelow), Some((line, _))) => bring_into_sight(&scroller, &line),
            _ => {
                self.to_end();
                // What was pressed is gone by that.
                let _ = scroller.focus();
            }
        }
    }

    fn to_end(self) {
        self.begins.set_value(false);
        self.connection.look_at(None);
        self.scroll_to_end();
    }

    fn scroll_to_end(self) {
        self.held.set_value(None);
        if let Some(scroller) = self.scroller.get_untracked() {
            // It counts from its end.
            scroller.set_scroll_top(0);
        }
        self.look_soon();
    }

    /// Looks before the next frame.
    pub(super) fn look_soon(self) {
        // A room that is left is scrolled once more.
        if self.looks_soon.try_get_value() == Some(false) {
            self.looks_soon.set_value(true);
            request_animation_frame(move || {
                // The room may have been left since.
                if self.looks_soon.try_set_value(false).is_none() {
                    self.look();
                }
            });
        }
    }

    fn look(self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let room = self.room.get_untracked();
        if self.begins.get_value() {
            self.begin(&scroller, &room);
        }
        let is_at_end = -scroller.scroll_top() <= NEAR;
        let seen = if is_at_end {
            self.connection.look_at(None);
            self.connection.with_timeline(&room, |timeline| timeline.last()).flatten()
        } else {
            let lowest = message_at(&scroller, 1.0);
            // Above the first message of all there is something else.
            if let Some(look) = message_at(&scroller, 0.0).or(lowest) {
                self.connection.look_at(Some(look));
            }
            lowest.map(|look| look.seq)
        };
        if let Some(seq) = seen.filter(|_| !document().hidden()) {
            self.connection.seen(&room, seq);
        }
        let way = self.find_way(&scroller, &room, is_at_end);
        if *self.way.read_untracked() != way {
            self.way.set(way);
        }
        self.look_for_gaps(&scroller);
    }

    /// The rows are about to change.
    fn hold(self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        // The last in sight: what comes in above the first may change what stands above its text.
        let held = (-scroller.scroll_top() > NEAR).then(|| message_at(&scroller, 1.0)).flatten();
        self.held.set_value(held);
    }

    /// The rows have changed: what one reads stays where it is, whatever came and went around it. A browser sees to that by
    /// itself, but not where more goes at the end than there is above.
    fn let_go(self) {
        // The room may have been left.
        let Some(held) = self.held.try_update_value(Option::take).flatten() else { return };
        let Some(scroller) = self.scroller.get_untracked() else { return };
        if let Some(row) = row_of(&scroller, held.seq) {
            scroll_by(&scroller, top_in(&scroller, &row) - held.top);
        }
    }

    /// A room is seen where one left it; or else at the line for new messages; or else, once it is known that there is none,
    /// at its end.
    fn begin(self, scroller: &HtmlElement, room: &str) {
        let left = self.connection.with_timeline(room, Timeline::looks_at).flatten();
        let found = left.and_then(|left| Some((row_of(scroller, left.seq)?, left.top)));
        let is_found = if scroller.scroll_top() != 0 {
            // They went their own way.
            true
        } else if let Some((row, top)) = found {
            scroll_by(scroller, top_in(scroller, &row) - top);
            true
        } else if let Some((line, _)) = line(scroller) {
            bring_into_sight(scroller, &line);
            true
        } else {
            *self.connection.is_synced().read_untracked()
        };
        self.begins.set_value(!is_found);
    }

    fn find_way(self, scroller: &HtmlElement, room: &str, is_at_end: bool) -> Option<Way> {
        let (head, read) = untrack(|| {
            self.connection.with_rooms(|rooms| rooms.get(room).map(|room| (room.info().head, room.read())))
        })?;
        let to_end = (!is_at_end).then_some(Way { to: To::End, new: head.saturating_sub(read) });
        let Some((line, seq)) = line(scroller) else { return to_end };
        let top = top_in(scroller, &line);
        let to_line = |to| Some(Way { to, new: (head + 1).saturating_sub(seq) });
        if top >= scroller.client_height() as f64 {
            to_line(To::LineBelow)
        } else if top >= 0.0 {
            self.line_seen.set_value(Some(seq));
            to_end
        } else if self.line_seen.get_value() == Some(seq) {
            to_end
        } else {
            to_line(To::LineAbove)
        }
    }

    fn look_for_gaps(self, scroller: &HtmlElement) {
        let view = scroller.get_bounding_client_rect();
        let gaps = scroller.get_elements_by_class_name("gap");
        for gap in (0..gaps.length()).filter_map(|at| gaps.item(at)) {
            let place = gap.get_bounding_client_rect();
            if place.bottom() > view.top() - AHEAD && place.top() < view.bottom() + AHEAD {
                if let Some(missing) = gap_of(&gap) {
                    self.connection.gap_in_sight(missing, side(&place, &view));
                }
                return;
            }
        }
    }
}

/// The end of a gap that one comes to first.
fn side(gap: &DomRect, view: &DomRect) -> Side {
    let middle = |rect: &DomRect| rect.top() + rect.height() / 2.0;
    if middle(gap) < middle(view) { Side::Lower } else { Side::Upper }
}

/// The gap that a row shows.
fn gap_of(row: &Element) -> Option<Gap> {
    let number = |name| row.get_attribute(name)?.parse().ok();
    Some(Gap { after: number("data-after")?, before: number("data-before")? })
}

/// The message at this height of what is seen: 0 is its top, 1 its bottom.
fn message_at(scroller: &HtmlElement, height: f64) -> Option<Look> {
    let (list, view) =
        (scroller.first_element_child()?.get_bounding_client_rect(), scroller.get_bounding_client_rect());
    let (x, y) = (list.left() + 2.0, view.top() + 1.0 + (view.height() - 2.0) * height);
    // Something else may lie over it.
    let mut there = document().elements_from_point(x as f32, y as f32).into_iter();
    let row = there.find_map(|element| element.unchecked_into::<Element>().closest("[data-seq]").ok()?)?;
    Some(Look { seq: seq_of(&row)?, top: top_in(scroller, &row) })
}

/// The line for new messages, and the message below it.
fn line(scroller: &HtmlElement) -> Option<(Element, u64)> {
    let line = scroller.get_elements_by_class_name("new").item(0)?;
    let row = line.closest("[data-seq]").ok()??;
    Some((line, seq_of(&row)?))
}

fn row_of(scroller: &HtmlElement, seq: u64) -> Option<Element> {
    scroller.query_selector(&["[data-seq='", &seq.to_string(), "']"].concat()).ok()?
}

fn seq_of(row: &Element) -> Option<u64> {
    row.get_attribute("data-seq")?.parse().ok()
}

/// How far the top of something is below the top of what is seen.
fn top_in(scroller: &HtmlElement, element: &Element) -> f64 {
    element.get_bounding_client_rect().top() - scroller.get_bounding_client_rect().top()
}

/// Brings the line for new messages to where one begins to read, with something above it to go on from.
fn bring_into_sight(scroller: &HtmlElement, line: &Element) {
    scroll_by(scroller, top_in(scroller, line) - f64::from(scroller.client_height()) / 4.0);
}

fn scroll_by(scroller: &HtmlElement, pixels: f64) {
    scroller.scroll_by_with_x_and_y(0.0, pixels);
}
