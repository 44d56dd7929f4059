//! The packets of a log, as they are shown.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use super::{Answer, Log, PacketId, PacketType, Recorded, Row};

/// Follows a log whenever it is told to, and holds still otherwise. It keeps what the log kept when it was last told; so
/// while it holds still, both together keep at most twice the bound.
#[derive(Debug, Default)]
pub struct Trace {
    rows: VecDeque<Row>,
    /// The first packet that it hasn't read.
    next: PacketId,
    /// The types that were explained already.
    seen: Vec<PacketType>,
}

impl Trace {
    /// Reads what has come since, and forgets what the log has forgotten.
    pub fn follow(&mut self, log: &Log) {
        while self.rows.front().is_some_and(|row| row.packet.id < log.first()) {
            self.rows.pop_front();
        }
        for packet in log.since(self.next) {
            self.push(packet);
        }
        self.next = log.next();
    }

    /// Forgets all; every type is explained anew.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.seen.clear();
    }

    /// The oldest first.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// How long the answer to a packet took, once it has come.
    pub fn answered_after(&self, id: PacketId) -> Option<Duration> {
        let at = self.rows.binary_search_by_key(&id, |row| row.packet.id).ok()?;
        self.rows[at].answered_after
    }

    fn push(&mut self, packet: &Arc<Recorded>) {
        let mut row = Row::read(packet.clone());
        if row.is_attachment() {
            self.find_its_packet(&mut row);
        }
        self.find_its_question(&mut row);
        row.first_of = [row.engine, row.socket].map(|packet_type| {
            let first = packet_type.filter(|packet_type| !self.seen.contains(packet_type));
            self.seen.extend(first);
            first
        });
        self.rows.push_back(row);
    }

    /// An attachment follows the packet that it belongs to, though what goes the other way may come between them.
    fn find_its_packet(&self, attachment: &mut Row) {
        let mut same_way = self.rows.iter().rev().filter(|row| row.packet.direction == attachment.packet.direction);
        if let Some(packet) = same_way.find(|row| !row.is_attachment()).filter(|row| row.attachments > 0) {
            attachment.namespace.clone_from(&packet.namespace);
            attachment.event.clone_from(&packet.event);
        }
    }

    /// An answer comes on the link on which it was asked for, or never.
    fn find_its_question(&mut self, answer: &mut Row) {
        let this_link = self.rows.iter_mut().rev().take_while(|row| row.engine != Some(PacketType::Open));
        if let Some(question) = this_link.into_iter().find(|row| answer.is_answer_to(row)) {
            let after = answer.packet.at.saturating_sub(question.packet.at);
            question.answered_after = Some(after);
            answer.answers = Some(Answer { to: question.packet.id, after });
            answer.event.clone_from(&question.event);
        }
    }
}

#[cfg(test)]
mod tests;
