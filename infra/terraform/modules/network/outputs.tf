output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Its address block."
  value       = aws_vpc.this.cidr_block
}

output "zones" {
  description = "The three zones."
  value       = local.zones
}

output "private_subnet_ids" {
  description = "Of nodes and pods."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
}

output "public_subnet_ids" {
  description = "Of the load balancer."
  value       = [for zone in local.zones : aws_subnet.public[zone].id]
}

output "data_subnet_ids" {
  description = "Of the database."
  value       = [for zone in local.zones : aws_subnet.data[zone].id]
}
