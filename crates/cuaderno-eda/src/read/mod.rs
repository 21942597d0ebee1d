//! Reading Fakeddit's files: every row is either read or counted and named.

mod comments;
mod delimited;
mod field;
mod posts;
mod report;
mod scan;
mod source;

pub use comments::{read_comments, read_comments_with_report};
pub use posts::{class_of, read_posts, read_posts_with_report};
pub use report::{Malformed, ReadReport};
