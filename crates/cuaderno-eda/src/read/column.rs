//! Columns in the making. Texts are not copied: a column refers to the bytes of the file, as polars' strings may.

use super::field::{Field, Kind, Value};
use super::record::Span;
use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder, Column, Float64Type, Int64Type, IntoColumn, IntoSeries, PlSmallStr,
    PolarsResult, PrimitiveChunkedBuilder, Series,
};
use polars_arrow::array::{Utf8ViewArray, View};
use polars_arrow::bitmap::BitmapBuilder;
use polars_arrow::datatypes::ArrowDataType;
use polars_buffer::Buffer;

/// A column that grows by one value at a time.
pub(super) enum Builder {
    Text(Texts),
    Logical(BooleanChunkedBuilder),
    Whole(PrimitiveChunkedBuilder<Int64Type>),
    Real(PrimitiveChunkedBuilder<Float64Type>),
}

impl Builder {
    pub fn new(field: Field<'_>, capacity: usize) -> Self {
        let name: PlSmallStr = field.name.into();
        match field.kind {
            Kind::Text | Kind::Trimmed => Self::Text(Texts::new(name, capacity)),
            Kind::Logical => Self::Logical(BooleanChunkedBuilder::new(name, capacity)),
            Kind::Whole => Self::Whole(PrimitiveChunkedBuilder::new(name, capacity)),
            Kind::Real | Kind::Seconds => Self::Real(PrimitiveChunkedBuilder::new(name, capacity)),
        }
    }

    /// Appends a value that was parsed for this column's kind, and stands at this place in the bytes.
    pub fn push(&mut self, value: Option<Value<'_>>, bytes: &[u8], span: Span) {
        match (self, value) {
            (Self::Text(builder), Some(_)) => builder.push(bytes, span),
            (Self::Logical(builder), Some(Value::Logical(flag))) => builder.append_value(flag),
            (Self::Whole(builder), Some(Value::Whole(number))) => builder.append_value(number),
            (Self::Real(builder), Some(Value::Real(number))) => builder.append_value(number),
            (Self::Text(builder), None) => builder.push_missing(),
            (Self::Logical(builder), _) => builder.append_null(),
            (Self::Whole(builder), _) => builder.append_null(),
            (Self::Real(builder), _) => builder.append_null(),
        }
    }

    /// The column; `bytes` are those of every [`push`](Self::push).
    pub fn finish(self, bytes: &Buffer<u8>) -> PolarsResult<Column> {
        Ok(match self {
            Self::Text(builder) => builder.finish(bytes)?.into_column(),
            Self::Logical(builder) => builder.finish().into_series().into_column(),
            Self::Whole(builder) => builder.finish().into_series().into_column(),
            Self::Real(builder) => builder.finish().into_series().into_column(),
        })
    }
}

/// A column of texts.
pub(super) struct Texts {
    name: PlSmallStr,
    views: Vec<View>,
    there: BitmapBuilder,
    /// Texts whose doubled quotes had to be made single.
    rewritten: Vec<u8>,
}

impl Texts {
    fn new(name: PlSmallStr, capacity: usize) -> Self {
        let views = Vec::with_capacity(capacity);
        Self { name, views, there: BitmapBuilder::with_capacity(capacity), rewritten: Vec::new() }
    }

    fn push(&mut self, bytes: &[u8], span: Span) {
        self.views.push(if span.doubled.is_some() {
            let offset = self.rewritten.len();
            self.rewritten.extend_from_slice(&span.content(bytes));
            View::new_from_bytes(&self.rewritten[offset..], 1, offset as u32)
        } else {
            View::new_from_bytes(span.raw(bytes), 0, span.start as u32)
        });
        self.there.push(true);
    }

    fn push_missing(&mut self) {
        self.views.push(View::default());
        self.there.push(false);
    }

    fn finish(self, bytes: &Buffer<u8>) -> PolarsResult<Series> {
        // Short texts stand in the view itself; a column without long ones need not keep the bytes alive.
        let long = self.views.iter().any(|view| !view.is_inline());
        let buffers = if long { vec![bytes.clone(), self.rewritten.into()] } else { Vec::new() };
        let there = self.there.into_opt_validity();
        let texts = Utf8ViewArray::try_new(ArrowDataType::Utf8View, self.views.into(), buffers.into(), there)?;
        Series::from_arrow(self.name, Box::new(texts))
    }
}
