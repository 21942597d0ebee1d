//! Reading Fakeddit's files: every row is either read or counted and named.

mod block;
mod column;
mod comments;
mod compact;
mod field;
mod file;
mod header;
mod later;
mod posts;
mod record;
mod report;
mod source;

pub use comments::{read_comments, read_comments_with_report};
pub use posts::{class_of, read_posts, read_posts_with_report};
pub use report::{Malformed, ReadReport};
