//! Reading tables, Fakeddit's posts and comments among them: every row is either read or counted and named.

mod block;
mod calendar;
mod column;
mod column_types;
mod comments;
mod compact;
mod dialect;
mod field;
mod file;
mod formats;
mod header;
mod later;
mod open;
mod posts;
mod record;
mod report;
mod source;
mod stray;
mod table;
mod text;

pub use comments::{read_comments, read_comments_with_report};
pub use posts::{class_of, read_posts, read_posts_with_report};
pub use report::{Malformed, ReadReport};
pub use table::{Reader, read_table};
